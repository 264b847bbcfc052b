// How a person wants the portal: each preference one of a few words, the first of them for who never chose.

export const BUCKET = 'callboard';

export const PREFERENCES = {
  theme: ['auto', 'light', 'dark'],
  contrast: ['auto', 'normal', 'more'],
  density: ['comfortable', 'compact'],
  motion: ['auto', 'reduced'],
  keys: ['on', 'off'],
  /** en-XA is the made-up language of tests, offered to nobody. */
  language: ['auto', 'en', 'de', 'en-XA'],
  /** What "/" leads to. */
  start: ['home', 'catalog', 'landscape', 'create', 'runs', 'problems', 'sources'],
} as const;

/** Where the start pages are. */
export const START = {
  home: '/home',
  catalog: '/catalog',
  landscape: '/landscape',
  create: '/create',
  runs: '/create/tasks',
  problems: '/problems',
  sources: '/sources',
} as const satisfies Record<(typeof PREFERENCES)['start'][number], string>;

export type PreferenceName = keyof typeof PREFERENCES;
export type Preference<N extends PreferenceName> = (typeof PREFERENCES)[N][number];

export function readPreference<N extends PreferenceName>(name: N, raw: unknown): Preference<N> | undefined {
  return PREFERENCES[name].find((one) => one === raw);
}
