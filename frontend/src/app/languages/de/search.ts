import type { say } from '@/features/search/messages';
import type { Translated } from '@/lib/language';
import { many } from './count';

export const search: Translated<typeof say> = {
  title: 'Suche',
  titleOf: (text) => `${text} · Suche`,
  kinds: 'Arten',
  count: (n) => many(n, 'Treffer', 'Treffer'),
  loading: 'Suche läuft',
  start: 'Wonach suchen Sie?',
  startHint: 'Ein Name, ein Titel, Wörter einer Beschreibung, ein Team, ein Schlagwort.',
  none: (text) => `Nichts enthält „${text}“`,
  allKinds: 'In allen Arten suchen',
  noneHint: 'Versuchen Sie weniger Wörter oder den Anfang eines Wortes. Ist es registriert? Was nicht lesbar war, steht unter den',
  noneLink: 'Problemen',
  pages: 'Seiten der Treffer',
  back: 'Zurück',
  more: 'Weiter',
  label: 'Suchen nach',
  hint: 'Den Katalog durchsuchen',
  ownedBy: (owner) => `verantwortet von ${owner}`,
};
