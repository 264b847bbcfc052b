// What the home page says of what a person has starred.
import { messages, number } from '@/lib/language';

export const say = messages('home', {
  starred: 'Starred',
  more: (n: number) => `and ${number.format(n)} starred earlier`,
});
