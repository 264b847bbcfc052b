// What the page about callboard says.
import { messages, number } from '@/lib/language';

export const say = messages('about', {
  title: 'About callboard',
  loading: 'Loading which callboard this is',
  version: 'Version',
  since: 'Running since',
  generation: 'Generation',
  generationHint: 'Each change of the catalog makes the next one; every answer names its own.',
  entities: 'Entities',
  count: (n: number) => number.format(n),
  trouble: 'The catalog does not follow the database',
  papers: 'For programs',
  api: 'Description of the API (OpenAPI)',
  metrics: 'Numbers for Prometheus',
  ready: 'Is it ready?',
  licence: 'callboard is free software under the Apache License 2.0.',
});
