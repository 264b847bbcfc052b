import type { say } from '@/features/problems/messages';
import { number, type Translated } from '@/lib/language';

export const problems: Translated<typeof say> = {
  count: (n) => (n === 1 ? '1 Problem' : `${number.format(n)} Probleme`),
  all: 'Alle Probleme',
  loading: 'Die Probleme werden geladen',
  none: 'Keine Probleme',
  noneHint: 'Alle Beschreibungen wurden ohne Klage gelesen.',
  noneSo: 'Keine Probleme dieser Art',
  noneSoHint: 'Wählen Sie alle Probleme, um zu sehen, ob es andere gibt.',
  more: 'Mehr zeigen',
  only: 'Wie schlimm',
  severities: { any: 'Alle', error: 'Fehler', warning: 'Warnungen', info: 'Hinweise' },
  chosen: { source: 'einer Quelle', rule: (rule) => `der Regel ${rule}`, severity: (severity) => `der Stufe ${severity}` },
};
