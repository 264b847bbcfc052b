// How each entity of a location stands to what the catalog has.

export type Standing = 'isNew' | 'isHere' | 'isHeld';

/** REF's standing; HERE has where each entity of the catalog comes from, ORIGIN is the location that is looked at. */
export function standingOf(ref: string, here: ReadonlyMap<string, string | undefined>, origin: string): Standing {
  if (!here.has(ref)) return 'isNew';
  return here.get(ref) === origin ? 'isHere' : 'isHeld';
}
