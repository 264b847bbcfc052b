// What is said wherever something is asked of callboard, and the names that relations have for readers.
import { messages, number } from './language';

export const say = messages('lib', {
  late: (seconds: number) => `callboard did not answer within ${number.format(seconds)} seconds.`,
  unreachable: 'callboard could not be reached. Is it running, and is the network up?',
  answered: (status: number, text: string) => `callboard answered ${status} ${text}`.trim(),
  cutOff: 'The answer was cut off or is not JSON.',
  endlessLine: 'The stream of events has a line without an end.',

  relation: {
    ownedBy: 'owned by',
    ownerOf: 'owner of',
    dependsOn: 'depends on',
    dependencyOf: 'dependency of',
    providesApi: 'provides API',
    apiProvidedBy: 'API provided by',
    consumesApi: 'consumes API',
    apiConsumedBy: 'API consumed by',
    parentOf: 'parent of',
    childOf: 'child of',
    memberOf: 'member of',
    hasMember: 'has member',
    partOf: 'part of',
    hasPart: 'has part',
  },
});
