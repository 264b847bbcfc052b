// What the frame around every page says.
import { messages, number } from '@/lib/language';

export const say = messages('app', {
  skip: 'Skip to the content',
  pages: 'Pages',
  find: 'Find anything',
  findHint: 'Find anything (Ctrl K)',
  keys: 'Keyboard shortcuts',
  keysHint: 'Keyboard shortcuts (?)',

  group: { browse: 'Browse', build: 'Build', operate: 'Operate', yours: 'Yours' },
  /** Other words by which the palette finds a page. */
  pageWords: {
    home: 'mine start',
    catalog: 'entities components list',
    landscape: 'map domains systems',
    groups: 'people teams users organisation members owners',
    systems: 'domains products areas parts',
    search: 'find words text',
    create: 'new templates scaffolder',
    runs: 'tasks jobs',
    problems: 'errors broken',
    sources: 'repositories ingestion sync',
    plugins: 'extensions argo prometheus pagerduty',
    register: 'add import repository location',
    tokens: 'tokens roles permissions admin',
    preferences: 'settings theme language contrast density dark light keys',
    about: 'version help licence api openapi metrics',
  },

  filter: 'Filter the catalog',
  filterHint: 'Filter by name, title or description',

  colours: 'Colours',
  scheme: { light: 'Light', auto: 'As the system', dark: 'Dark' },

  guest: 'Guest',
  guestWhy: (ref: string, roles: string) => `You are ${ref}, with the rights: ${roles || 'none'}`,
  signIn: 'Sign in',
  signOut: 'Sign out',
  signInWhy: 'This callboard shows its catalog to people it knows.',
  token: 'Token',
  tokenHint: 'An administrator makes one with',
  tokenShow: 'Show the token',
  tokenMissing: 'Paste your token here.',

  key: {
    findKeys: 'Ctrl K',
    find: 'Find anything, go anywhere',
    filter: 'Go to the filter',
    page: (page: string) => `Go to ${page}`,
    help: 'Show this list',
    escape: 'Close the top window, clear the filter',
  },
  singleKeys: 'Single keys work (turn them off if speech or a tool presses them for you)',

  palette: {
    placeholder: 'An entity, a page, something to do',
    suggestions: 'Suggestions',
    failed: (why: string) => `The search failed: ${why}`,
    entities: 'Entities',
    search: 'Search for',
    recent: 'Looked at lately',
    pages: 'Pages',
    looks: 'Looks',
    light: 'Light colours',
    dark: 'Dark colours',
    auto: 'Colours as the system',
    dependencies: 'Dependencies',
    copyRef: 'Copy the ref',
    thisPage: 'This page',
    keep: 'Add this page to your shortcuts',
    forget: 'Remove this page from your shortcuts',
    kept: 'It is among your shortcuts now.',
    forgotten: 'It is no longer among your shortcuts.',
    found: (n: number) => (n === 1 ? '1 entity found' : `${number.format(n)} entities found`),
  },

  updated: 'callboard has been updated',
  updatedHint: 'Load the page again to go on.',
  broke: 'This page broke',
  loadAgain: 'Load again',

  noPage: 'There is no such page',
  nowhere: 'The address leads nowhere.',
  startAgain: 'Start again from the',
  startAgainLink: 'catalog',
});
