// Reading what nobody vouches for: a document whose parts may be of any type, and point anywhere.

export type Obj = Record<string, unknown>;

export function isObj(value: unknown): value is Obj {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const obj = (value: unknown): Obj => (isObj(value) ? value : {});
export const arr = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const str = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** References followed one after the other. */
const HOPS_MAX = 20;

/** What VALUE stands for: $ref is followed within DOCUMENT only. A reference to elsewhere, or in a circle, stays itself. */
export function resolve(document: unknown, value: unknown): unknown {
  let at = value;
  for (let i = 0; i < HOPS_MAX; i++) {
    const ref = isObj(at) ? str(at.$ref) : undefined;
    if (ref === undefined) return at;
    const found = ref.startsWith('#/') ? pointed(document, ref.slice(2)) : undefined;
    if (found === undefined) return at;
    at = found;
  }
  return value;
}

function pointed(document: unknown, pointer: string): unknown {
  let at = document;
  for (const part of pointer.split('/')) {
    let key = part;
    try {
      key = decodeURIComponent(part);
    } catch {
      // A lone percent sign means itself.
    }
    key = key.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Obj)[key];
  }
  return at;
}

/** The last name of a reference: "#/components/schemas/Pet" is Pet. */
export const refName = (schema: unknown): string | undefined => str(obj(schema).$ref)?.split('/').at(-1);

/** A schema's type in a few words. */
export function typeOf(document: unknown, schema: unknown, depth = 0): string {
  if (schema === true) return 'any';
  if (schema === false) return 'never';
  const own = refName(schema);
  const s = obj(resolve(document, schema));
  if (own) return own;
  const type = Array.isArray(s.type) ? s.type.filter((t) => typeof t === 'string').slice(0, 8).join(' | ') : str(s.type);
  if ((type === 'array' || s.items !== undefined) && depth < 4) return `${typeOf(document, s.items ?? {}, depth + 1)}[]`;
  for (const [key, word] of [['oneOf', ' | '], ['anyOf', ' | '], ['allOf', ' & ']] as const) {
    const any = arr(s[key]);
    if (any.length > 0 && depth < 4) return any.slice(0, 6).map((one) => typeOf(document, one, depth + 1)).join(word);
  }
  const format = str(s.format);
  return `${type ?? (s.properties ? 'object' : 'any')}${format ? ` (${format})` : ''}`;
}
