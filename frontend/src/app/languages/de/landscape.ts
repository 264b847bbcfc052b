import type { say } from '@/features/landscape/messages';
import { number, type Translated } from '@/lib/language';
import { entities, many } from './count';

export const landscape: Translated<typeof say> = {
  title: 'Landschaft',
  count: (n, systems) => `${entities(n)} in ${many(systems, 'System', 'Systemen')}`,
  whole: 'Die ganze Karte',
  coloursBy: 'Farben nach',
  by: { owner: 'Nach Verantwortung', health: 'Nach Zustand', lifecycle: 'Nach Lebenszyklus', kind: 'Nach Art' },
  aspect: { owner: 'Verantwortlich', health: 'Zustand', lifecycle: 'Lebenszyklus', kind: 'Art' },
  asMap: 'Als Karte',
  asList: 'Als Liste',
  loading: 'Die Karte wird geladen',
  none: 'Es gibt nichts zu zeichnen',
  noneHint: 'Components, APIs und Resources stehen hier, sobald es welche gibt.',
  tooMany: (n) =>
    `${entities(n)} sind zu viele für ein Blatt: Nur die Systeme sind gezeichnet. Öffnen Sie eines davon oder eine Domäne, um zu sehen, was darin ist.`,
  legend: 'Legende',
  more: (n) => `und ${number.format(n)} weitere`,
  shapes: 'Quadrat: Component. Kreis: API. Raute: Resource. „!“ hat Fehler, „?“ Warnungen.',
  noOwner: 'niemand',
  noLifecycle: 'keine Angabe',
  health: { ok: 'in Ordnung', warning: 'Warnungen', error: 'Fehler' },

  selected: 'Ausgewählt',
  missing: 'nicht registriert',
  owner: 'verantwortet von',
  inside: (n) => `${entities(n)} darin`,
  roads: (out, back) => `${number.format(out)} Beziehungen hinaus, ${number.format(back)} herein`,
  enter: 'Nur das hier',

  map: 'Karte des Katalogs. Pfeiltasten verschieben sie, Plus und Minus zoomen; die Liste sagt dasselbe in Worten.',
  nearer: 'Vergrößern',
  further: 'Verkleinern',
  all: 'Alles zeigen',
  noSystem: 'In keinem System',
  box: (name, n) => `${name}, ${number.format(n)} darin`,
  boxMissing: (name, n) => `${name}, ${number.format(n)} darin; nicht registriert`,
  ownedBy: (owner) => `verantwortet von ${owner}`,
  has: { warning: 'hat Warnungen', error: 'hat Fehler' },
};
