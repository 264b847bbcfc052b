import type { say } from '@/features/about/messages';
import { number, type Translated } from '@/lib/language';

export const about: Translated<typeof say> = {
  title: 'Über callboard',
  loading: 'Wird geladen: welches callboard das ist',
  version: 'Version',
  since: 'Gestartet',
  generation: 'Generation',
  generationHint: 'Jede Änderung des Katalogs ergibt die nächste; jede Antwort nennt die ihre.',
  entities: 'Entitäten',
  count: (n) => number.format(n),
  trouble: 'Der Katalog kommt der Datenbank nicht nach',
  papers: 'Für Programme',
  api: 'Beschreibung der API (OpenAPI)',
  metrics: 'Messwerte für Prometheus',
  ready: 'Ist es bereit?',
  licence: 'callboard ist freie Software unter der Apache License 2.0.',
};
