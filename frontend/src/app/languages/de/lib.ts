import { number, type Translated } from '@/lib/language';
import type { say } from '@/lib/messages';

export const lib: Translated<typeof say> = {
  late: (seconds) => `callboard hat innerhalb von ${number.format(seconds)} Sekunden nicht geantwortet.`,
  unreachable: 'callboard ist nicht erreichbar. Läuft es, und steht die Netzverbindung?',
  answered: (status, text) => `callboard hat mit ${status} ${text}`.trim() + ' geantwortet',
  cutOff: 'Die Antwort ist abgeschnitten oder kein JSON.',
  endlessLine: 'Der Strom der Ereignisse hat eine Zeile ohne Ende.',

  relation: {
    ownedBy: 'verantwortet von',
    ownerOf: 'verantwortlich für',
    dependsOn: 'hängt ab von',
    dependencyOf: 'wird gebraucht von',
    providesApi: 'bietet API an',
    apiProvidedBy: 'API angeboten von',
    consumesApi: 'nutzt API',
    apiConsumedBy: 'API genutzt von',
    parentOf: 'übergeordnet von',
    childOf: 'untergeordnet unter',
    memberOf: 'Mitglied von',
    hasMember: 'hat als Mitglied',
    partOf: 'Teil von',
    hasPart: 'besteht aus',
  },
};
