// What the box above the sources says.
import { messages } from '@/lib/language';

export const say = messages('sources', {
  why: 'Why is my entity not here?',
  label: 'Address of its file, or its name',
  hint: 'https://github.com/acme/shop/blob/main/catalog-info.yaml, or component:default/checkout',
  ask: 'Explain',
  loading: 'Loading the answer',
  here: 'It is here:',
  nothing: 'Nothing is known about it.',
  register: 'Register it',
  answer: 'The answer',
});
