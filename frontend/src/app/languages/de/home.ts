import type { say } from '@/features/home/messages';
import { number, type Translated } from '@/lib/language';
import { entities } from './count';

export const home: Translated<typeof say> = {
  hello: (name) => `Guten Tag, ${name}`,

  owned: 'Verantwortet von Ihnen und Ihren Teams',
  ownedLoading: 'Wird geladen: wofür Sie verantwortlich sind',
  ownedCount: entities,
  ownedWrong: (n) => `${number.format(n)} mit Problemen`,
  ownedAll: (n) => (n === 1 ? 'Die eine Entität im Katalog' : `Alle ${entities(n)} im Katalog`),
  kindAll: (n, kind) => `Alle ${number.format(n)} der Art ${kind}`,
  teams: 'Ihre Teams',
  severity: { error: 'Fehler', warning: 'Warnung', info: 'Hinweis' },
  noneOwned: 'Sie sind noch für nichts verantwortlich',
  noneOwnedBy: (teams) =>
    `Sie gehören zu ${teams.join(', ')}. Nennen Sie eines dieser Teams oder sich selbst als spec.owner in der catalog-info.yaml dessen, was Sie betreuen, und es steht hier.`,
  noTeam: 'Sie gehören zu keinem Team',
  noTeamHint:
    'Entitäten gehören Teams: Jede nennt in spec.owner, wer sie verantwortet. Ein Team nimmt Sie mit spec.members seiner Group auf, oder Ihr User nennt es in spec.memberOf. Was es verantwortet, steht dann hier.',
  guest: 'Sie sind Gast',
  unknown: 'Der Katalog kennt Sie nicht',
  unknownHint: (ref) =>
    `Keine Entität beschreibt ${ref}. Lassen Sie einen User dieses Namens registrieren, mit seinen Teams in spec.memberOf: Was diese nach spec.owner verantworten, steht dann hier.`,
  guestHint:
    'Melden Sie sich als jemand an, den eine User-Entität beschreibt, und hier steht, was Sie und Ihre Teams verantworten: Ein Benutzer gehört durch spec.memberOf zu einem Team, eine Entität durch spec.owner.',
  toRegister: 'Eigenes registrieren',
  toCatalog: 'Den ganzen Katalog ansehen',

  runs: 'Ihre Läufe',
  runsLoading: 'Ihre Läufe werden geladen',
  runsNone: 'Sie haben noch keine Vorlage ausgeführt.',
  runsStart: 'Etwas anlegen',
  runsAll: (n) => (n === 1 ? 'Ihr Lauf' : `Alle ${number.format(n)} Läufe`),
  run: { open: 'wartet', processing: 'läuft', completed: 'fertig', failed: 'gescheitert', cancelled: 'abgebrochen' },

  starred: 'Mit Stern',
  starredNone: 'Der Stern auf der Seite einer Entität bringt sie hierher.',
  more: (n) => `und ${number.format(n)} früher mit Stern versehene`,
  recent: 'Zuletzt angesehen',

  kinds: 'Im Katalog',
  kindsLoading: 'Die Anzahlen werden geladen',
  empty: 'Der Katalog ist leer',
  emptyHint: 'Tragen Sie ein Repository unter sources: in callboard.yaml ein, oder registrieren Sie eines.',
  emptySources: 'Quellen',

  shortcuts: 'Kurzwege',
  create: 'Aus Vorlage anlegen',
  register: 'Registrieren',
  mine: 'Von Ihnen verantwortet',
  edit: 'Kurzwege bearbeiten',
  editDone: 'Fertig',
  editList: 'Ihre Kurzwege',
  editHint: 'Auf jeder Seite bietet Strg K „Diese Seite zu Ihren Kurzwegen hinzufügen“ an.',
  title: 'Name',
  address: 'Adresse',
  addressHint: '/catalog?kind=API oder https://…',
  addressWrong: 'Das ist weder eine Seite des Portals, /…, noch eine Adresse, https://…',
  addressTwice: 'Das gehört schon zu Ihren Kurzwegen.',
  full: (n) => `Mehr als ${number.format(n)} Kurzwege gibt es nicht: Entfernen Sie zuerst einen.`,
  add: 'Hinzufügen',
  up: (title) => `${title} nach oben`,
  down: (title) => `${title} nach unten`,
  remove: (title) => `${title} entfernen`,
  removed: (title) => `${title} ist entfernt.`,
  added: (title) => `${title} ist hinzugefügt.`,
  movedTo: (title, n) => `${title} steht jetzt an Stelle ${number.format(n)}.`,
};
