// What the page that registers a location says.
import { messages, number } from '@/lib/language';

const entities = (n: number) => (n === 1 ? '1 entity' : `${number.format(n)} entities`);

export const say = messages('register', {
  title: 'Register',
  about: 'Add a file of entities to the catalog. First you see what it would bring; nothing is kept until you say so.',
  address: 'Address of the file',
  addressHint: 'Its page at the forge, as the browser shows it: https://github.com/acme/shop/blob/main/catalog-info.yaml',
  empty: 'Give the address of a file.',
  look: 'Look at it',
  looking: 'Loading what it would bring',
  needs: 'Registering needs the role editor',
  needsHint: (name: string, roles: string) => `You are ${name}, with the role ${roles || 'none'}. Sign in with a token of an editor, or ask one to register it.`,
  unreadable: 'It cannot be read',
  found: (good: number, bad: number) =>
    bad === 0 ? `${entities(good)}, no problems` : `${entities(good)} good, ${bad === 1 ? '1 problem' : `${number.format(bad)} problems`}`,
  exists: 'It is registered already',
  existsHint: 'Registering it again would change nothing. It can be read again now.',
  again: 'Read it again',
  known: 'All of it is in the catalog already',
  knownHint: 'A source of the configuration, or another location, reads it. Registering it would add nothing.',
  held: (n: number) => (n === 1 ? '1 name is held by another location' : `${number.format(n)} names are held by another location`),
  heldHint: 'The holder keeps the name. What is here takes over when the holder goes.',
  heldBy: (origin: string) => `held by ${origin}`,
  nobody: 'a file of its own',
  isNew: 'new',
  isHere: 'here already',
  isHeld: 'name is held',
  problems: 'What is wrong',
  moreProblems: (n: number) => `and ${number.format(n)} more`,
  badLater: 'What is wrong is left out, stands among the problems, and comes by itself once its file is right.',
  brings: 'What it brings',
  more: (n: number) => `and ${number.format(n)} more`,
  register: (n: number) => `Register ${entities(n)}`,
  arriving: (n: number, of: number) => `Registered. ${number.format(n)} of ${number.format(of)} are in the catalog.`,
  done: (n: number, held: number) =>
    n === 0 && held > 0
      ? 'Registered, and nothing is new in the catalog: every name is held by another location. What is here takes over when the holder goes.'
      : `Registered: ${entities(n)} ${n === 1 ? 'is' : 'are'} in the catalog.`,
  slow: 'Not all of it is there yet. The problems say what is in the way.',
  toProblems: 'Problems',
  un: {
    title: 'Unregister',
    none: 'Nothing was named',
    noneHint: 'Open an entity, and choose Unregister.',
    loading: 'Loading what would disappear',
    configured: 'A source of the configuration has it',
    configuredHint: 'It was not registered. Take it out of its file, or its source out of sources: in callboard.yaml. It comes from',
    what: (n: number) => `${entities(n)} came with this location, and would leave the catalog with it:`,
    orphanWhat: 'No file leads to it any more. It can be deleted alone; it came from',
    needs: 'Unregistering needs the role editor',
    list: 'What disappears',
    location: (n: number) => `Unregister ${entities(n)}`,
    orphan: 'Delete this orphan',
    sure: 'Their history stays. What another location names, too, stays or comes back by itself.',
    keep: 'Keep',
    gone: (n: number) => `Gone: ${entities(n)}`,
    going: 'It was taken away, and is still shown for a moment',
    back: 'Register the location again, and they come back with the same identity.',
    orphanGone: 'It comes back when a file says it again.',
  },
});
