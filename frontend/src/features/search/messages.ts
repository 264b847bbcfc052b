// What the page of the search says by itself.
import { messages, number } from '@/lib/language';

export const say = messages('search', {
  title: 'Search',
  titleOf: (text: string) => `${text} · Search`,
  kinds: 'Kinds',
  count: (n: number) => (n === 1 ? '1 result' : `${number.format(n)} results`),
  loading: 'Searching',
  start: 'What are you looking for?',
  startHint: 'A name, a title, words of a description, a team, a tag.',
  none: (text: string) => `Nothing has “${text}”`,
  allKinds: 'Look in all kinds',
  noneHint: 'Try fewer words or the beginning of one. Was it registered? What could not be read is among the',
  noneLink: 'problems',
  pages: 'Pages of results',
  back: 'Back',
  more: 'More',
  label: 'Search for',
  hint: 'Search the catalog',
  ownedBy: (owner: string) => `owned by ${owner}`,
});
