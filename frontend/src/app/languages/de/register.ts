import type { say } from '@/features/register/messages';
import { number, type Translated } from '@/lib/language';
import { entities, many } from './count';

const more = (n: number) => `und ${number.format(n)} weitere`;

export const register: Translated<typeof say> = {
  title: 'Registrieren',
  about: 'Nehmen Sie eine Datei mit Entitäten in den Katalog auf. Zuerst sehen Sie, was sie bringt; aufgenommen wird erst, was Sie bestätigen.',
  address: 'Adresse der Datei',
  addressHint: 'Ihre Seite bei der Forge, wie der Browser sie zeigt: https://github.com/acme/shop/blob/main/catalog-info.yaml',
  empty: 'Geben Sie die Adresse einer Datei an.',
  look: 'Ansehen',
  looking: 'Wird geladen: was sie bringt',
  needs: 'Zum Registrieren ist die Rolle editor nötig',
  needsHint: (name, roles) =>
    `Sie sind ${name} und haben ${roles ? `die Rolle ${roles}` : 'keine Rolle'}. Melden Sie sich mit dem Token eines editor an, oder bitten Sie jemanden, der eines hat.`,
  unreadable: 'Sie ist nicht lesbar',
  found: (good, bad) => (bad === 0 ? `${entities(good)}, keine Probleme` : `${entities(good)} in Ordnung, ${many(bad, 'Problem', 'Probleme')}`),
  exists: 'Sie ist bereits registriert',
  existsHint: 'Noch einmal zu registrieren würde nichts ändern. Sie kann jetzt neu gelesen werden.',
  again: 'Neu lesen',
  known: 'Alles davon ist bereits im Katalog',
  knownHint: 'Eine Quelle der Konfiguration oder eine andere Location liest es. Registrieren würde nichts hinzufügen.',
  held: (n) => (n === 1 ? '1 Name ist durch eine andere Location belegt' : `${number.format(n)} Namen sind durch eine andere Location belegt`),
  heldHint: 'Wer den Namen hat, behält ihn. Was hier steht, rückt nach, sobald der Name frei wird.',
  heldBy: (origin) => `belegt durch ${origin}`,
  nobody: 'eine eigene Datei',
  isNew: 'neu',
  isHere: 'schon da',
  isHeld: 'Name belegt',
  problems: 'Was nicht stimmt',
  moreProblems: more,
  badLater: 'Was nicht stimmt, wird ausgelassen, steht unter den Problemen und kommt von selbst nach, sobald seine Datei stimmt.',
  brings: 'Was sie bringt',
  more,
  register: (n) => `${entities(n)} registrieren`,
  arriving: (n, of) => `Registriert. ${number.format(n)} von ${number.format(of)} sind im Katalog.`,
  done: (n, held) =>
    n === 0 && held > 0
      ? 'Registriert, und im Katalog ist nichts Neues: Jeder Name ist durch eine andere Location belegt. Was hier steht, rückt nach, sobald der Name frei wird.'
      : `Registriert: ${entities(n)} ${n === 1 ? 'ist' : 'sind'} im Katalog.`,
  slow: 'Noch ist nicht alles da. Die Probleme sagen, was im Weg steht.',
  toProblems: 'Probleme',
  un: {
    title: 'Aus dem Katalog nehmen',
    none: 'Es wurde nichts genannt',
    noneHint: 'Öffnen Sie eine Entität und wählen Sie „Aus dem Katalog nehmen“.',
    loading: 'Wird geladen: was verschwinden würde',
    configured: 'Sie kommt aus einer Quelle der Konfiguration',
    configuredHint: 'Sie wurde nicht registriert. Nehmen Sie sie aus ihrer Datei oder ihre Quelle aus sources: in callboard.yaml. Sie kommt aus',
    what: (n) => `${entities(n)} ${n === 1 ? 'kam' : 'kamen'} mit dieser Location und ${n === 1 ? 'würde' : 'würden'} mit ihr den Katalog verlassen:`,
    orphanWhat: 'Keine Datei führt mehr zu ihr. Sie kann einzeln gelöscht werden; sie kam aus',
    needs: 'Dazu ist die Rolle editor nötig',
    list: 'Was verschwindet',
    location: (n) => `${entities(n)} aus dem Katalog nehmen`,
    orphan: 'Diese verwaiste Entität löschen',
    sure: 'Ihr Verlauf bleibt. Was auch eine andere Location nennt, bleibt oder kommt von selbst zurück.',
    keep: 'Behalten',
    gone: (n) => `Entfernt: ${entities(n)}`,
    going: 'Sie ist entfernt und wird noch einen Moment gezeigt',
    back: 'Registrieren Sie die Location wieder, und sie kommen mit derselben Identität zurück.',
    orphanGone: 'Sie kommt zurück, sobald eine Datei sie wieder nennt.',
  },
};
