// What the home page says.
import { messages, number } from '@/lib/language';

const entities = (n: number) => (n === 1 ? '1 entity' : `${number.format(n)} entities`);

export const say = messages('home', {
  hello: (name: string) => `Hello, ${name}`,

  owned: 'Owned by you and your teams',
  ownedLoading: 'Loading what you own',
  ownedCount: entities,
  ownedWrong: (n: number) => `${number.format(n)} with problems`,
  ownedAll: (n: number) => `All ${entities(n)} in the catalog`,
  kindAll: (n: number, kind: string) => `All ${number.format(n)} of kind ${kind}`,
  teams: 'Your teams',
  severity: { error: 'error', warning: 'warning', info: 'note' },
  noneOwned: 'You own nothing yet',
  noneOwnedBy: (teams: string[]) => `You are in ${teams.join(', ')}. Name one of them, or yourself, as spec.owner in the catalog-info.yaml of what you take care of, and it stands here.`,
  noTeam: 'You are in no team',
  noTeamHint:
    'Entities belong to teams: each names its owner in spec.owner. A team takes you in by spec.members of its Group, or your User names it in spec.memberOf. What it owns then stands here.',
  guest: 'You are a guest',
  unknown: 'The catalog does not know you',
  unknownHint: (ref: string) =>
    `No entity describes ${ref}. Have a User of that name registered, with its teams in spec.memberOf: what they own, each by its spec.owner, then stands here.`,
  guestHint:
    'Sign in as somebody whom a User entity describes, and what you and your teams own stands here: a user belongs to a team by spec.memberOf, an entity to a team by spec.owner.',
  toRegister: 'Register what you own',
  toCatalog: 'See all of the catalog',

  runs: 'Your runs',
  runsLoading: 'Loading your runs',
  runsNone: 'You have run no template yet.',
  runsStart: 'Create something',
  runsAll: (n: number) => (n === 1 ? 'Your run' : `All ${number.format(n)} runs of yours`),
  run: { open: 'waiting', processing: 'running', completed: 'done', failed: 'failed', cancelled: 'cancelled' } as Record<string, string>,

  starred: 'Starred',
  starredNone: 'The star on an entity’s page puts it here.',
  more: (n: number) => `and ${number.format(n)} starred earlier`,
  recent: 'Looked at lately',

  kinds: 'In the catalog',
  kindsLoading: 'Loading the counts',
  empty: 'The catalog is empty',
  emptyHint: 'Add a repository to sources: in callboard.yaml, or register one.',
  emptySources: 'Sources',

  shortcuts: 'Shortcuts',
  create: 'Create from a template',
  register: 'Register',
  mine: 'What you own',
  edit: 'Edit shortcuts',
  editDone: 'Done',
  editList: 'Your shortcuts',
  editHint: 'On any page, Ctrl K has “Add this page to your shortcuts”.',
  title: 'Name',
  address: 'Address',
  addressHint: '/catalog?kind=API, or https://…',
  addressWrong: 'This is neither a page of the portal, /…, nor an address, https://…',
  addressTwice: 'This is among your shortcuts already.',
  full: (n: number) => `${number.format(n)} shortcuts are as many as there may be: remove one first.`,
  add: 'Add',
  up: (title: string) => `Move ${title} up`,
  down: (title: string) => `Move ${title} down`,
  remove: (title: string) => `Remove ${title}`,
  removed: (title: string) => `${title} was removed.`,
  added: (title: string) => `${title} was added.`,
  movedTo: (title: string, n: number) => `${title} is number ${number.format(n)} now.`,
});
