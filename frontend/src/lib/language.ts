// The portal's languages. English stands beside what says it, in messages.ts; another language is a pack that is
// fetched when it is chosen, and may leave sentences out: those are said in English.

export type Turn = (text: string) => string;

/** Another language's words for a module of messages: any part of it. */
export type Translated<T> = T extends (...args: infer A) => infer R
  ? (...args: A) => R
  : T extends string
    ? string
    : T extends object
      ? { readonly [K in keyof T]?: Translated<T[K]> }
      : T;

export interface Pack {
  modules: Readonly<Record<string, object>>;
  /** What is done to every sentence at last; for the made-up language of tests. */
  turn?: Turn;
}

const ENGLISH: Pack = { modules: {} };
const RIGHT_TO_LEFT = ['ar', 'fa', 'he', 'ur'];

let language = 'en';
let tag = localeFor('en');
let pack = ENGLISH;
const listeners = new Set<() => void>();

/** The language that is spoken now, as in PACKS. */
export const currentLanguage = (): string => language;

/** As Intl takes it: "de-AT" for German where the browser asks for that. */
export const locale = (): string => tag;

export function watchLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** From now on NEXT is spoken, with the words of WORDS. */
export function speak(next: string, words: Pack = ENGLISH): void {
  language = next;
  tag = localeFor(next);
  pack = words;
  intl.clear();
  document.documentElement.lang = next;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(base(next)) ? 'rtl' : 'ltr';
  listeners.forEach((listener) => listener());
}

/** Which of KNOWN the browser's user reads first. */
export function preferredLanguage(known: readonly string[], wanted: readonly string[] = navigator.languages ?? []): string {
  for (const one of wanted) {
    const found = known.find((language) => language === base(one));
    if (found) return found;
  }
  return 'en';
}

function base(language: string): string {
  return language.split('-')[0]!.toLowerCase();
}

function localeFor(language: string): string {
  const wanted = (navigator.languages ?? []).find((one) => base(one) === base(language)) ?? language;
  try {
    return Intl.getCanonicalLocales(wanted)[0] ?? 'en';
  } catch {
    return base(language); // a browser that asks for nonsense
  }
}

/**
 * The messages of one module, under NAME in the packs. It is used as ENGLISH is: `say.title`, `say.count(3)`; each use
 * says it in the language of that moment, so a sentence is asked for where it is drawn and not kept.
 */
export function messages<T extends object>(name: string, english: T): T {
  return view(english, () => pack.modules[name]) as T;
}

function view(english: object, translated: () => unknown): object {
  const out = {};
  for (const [key, own] of Object.entries(english) as [string, unknown][]) {
    const other = () => (translated() as Record<string, unknown> | undefined)?.[key];
    const parts = isPart(own) ? view(own, other) : undefined;
    Object.defineProperty(out, key, { enumerable: true, get: parts ? () => parts : () => turned(other() ?? own) });
  }
  return out;
}

function isPart(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function turned(value: unknown): unknown {
  const turn = pack.turn;
  if (!turn) return value;
  if (typeof value === 'string') return turn(value);
  if (typeof value !== 'function') return value;
  return (...args: unknown[]) => {
    const said: unknown = value(...args);
    return typeof said === 'string' ? turn(said) : said;
  };
}

// Making a formatter costs more than using one a thousand times.
const intl = new Map<string, unknown>();

function kept<F>(name: string, options: object, make: () => F): F {
  const key = name + JSON.stringify(options);
  let found = intl.get(key) as F | undefined;
  if (!found) intl.set(key, (found = make()));
  return found;
}

export const numbers = (options: Intl.NumberFormatOptions = {}) =>
  kept('number', options, () => new Intl.NumberFormat(tag, options));
export const dates = (options: Intl.DateTimeFormatOptions) =>
  kept('date', options, () => new Intl.DateTimeFormat(tag, options));
export const relativeTimes = () => kept('relative', {}, () => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
export const collator = () => kept('collator', {}, () => new Intl.Collator(tag, { numeric: true }));

/** Numbers as the language writes them, for messages. */
export const number = { format: (n: number): string => numbers().format(n) };
