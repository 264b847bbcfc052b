// What the parts of pages say by themselves.
import { messages, number } from '@/lib/language';

export const say = messages('ui', {
  /** What a page is called, wherever it is named. */
  page: {
    home: 'Home',
    catalog: 'Catalog',
    landscape: 'Landscape',
    create: 'Create',
    runs: 'Runs',
    problems: 'Problems',
    sources: 'Sources',
    plugins: 'Plugins',
    register: 'Register',
    tokens: 'Access',
    preferences: 'Preferences',
    about: 'About',
  },
  added: 'added',
  removed: 'removed',
  counts: (added: number, removed: number) => `${number.format(added)} added, ${number.format(removed)} removed`,
  noDifference: 'No difference',
  unchanged: (n: number) => (n === 1 ? 'Show 1 unchanged line' : `Show ${number.format(n)} unchanged lines`),
  gap: 'Unchanged lines are left out',
  nextChange: 'Next change',
  previousChange: 'Previous change',
  change: (n: number, of: number) => `Change ${number.format(n)} of ${number.format(of)}`,
  tooLong: 'Too long, or too different, to compare line by line: here are both.',
  before: 'before',
  after: 'after',
  lineBefore: 'Line before',
  lineAfter: 'Line after',
  text: 'Text',
  leftOut: (n: number, of: number) => `The first ${number.format(n)} of ${number.format(of)} lines are shown.`,
  picture: (text: string) => `Picture: ${text}`,
  task: 'Task',
});
