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
  done: (n: number) => `Registered: ${entities(n)} ${n === 1 ? 'is' : 'are'} in the catalog.`,
  slow: 'Not all of it is there yet. The problems say what is in the way.',
  toProblems: 'Problems',
});
