// Kinds of entities, in the order in which people read them: what runs, what it is part of, who is behind it.
import { parseRef } from './ref';

const NAMES = ['Component', 'API', 'Resource', 'System', 'Domain', 'Template', 'Group', 'User', 'Location'];
const BY_LOWER = new Map(NAMES.map((name, i) => [name.toLowerCase(), { name, i }]));

/** As descriptors write it: "API" for "api". A kind that is nobody's stays as it is. */
export function kindName(kind: string): string {
  return BY_LOWER.get(kind.toLowerCase())?.name ?? kind;
}

export function byKind(a: string, b: string): number {
  const rank = (kind: string) => BY_LOWER.get(kind.toLowerCase())?.i ?? NAMES.length;
  return rank(a) - rank(b) || a.localeCompare(b);
}

/** REFS by their kind, the kinds in order. */
export function splitByKind(refs: readonly string[]): [kind: string, refs: string[]][] {
  const kinds = new Map<string, string[]>();
  for (const ref of refs) {
    const kind = parseRef(ref)?.kind.toLowerCase() ?? '';
    kinds.set(kind, [...(kinds.get(kind) ?? []), ref]);
  }
  return [...kinds].sort(([a], [b]) => byKind(a, b));
}
