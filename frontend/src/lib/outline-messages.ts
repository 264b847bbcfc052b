// What is said of a definition that cannot be read, and what its groups are called.
import { messages, number } from './language';

export const say = messages('outline', {
  tooDeep: 'It is nested too deep to be read.',

  noAsyncapi: 'It does not say "asyncapi", so its version is not known.',
  unknownAsyncapi: (version: string) => `AsyncAPI ${version} is not known; 2 and 3 are.`,
  notOpenapi: 'It is not an OpenAPI document: it must be an object with "openapi" and "paths".',
  noOpenapi: 'It says neither "openapi" nor "swagger", so its version is not known.',
  unknownOpenapi: (version: string) => `OpenAPI ${version} is not known; 2, 3.0 and 3.1 are.`,

  openComment: 'A comment does not end.',
  openText: 'A text does not end.',
  ends: 'It ends in the middle of something.',
  wanted: (what: string, got: string) => `Here should be "${what}", not "${got}".`,
  wantedName: (got: string) => `Here should be a name, not "${got}".`,
  wantedField: (got: string) => `Here should be a field, not "${got}".`,
  noNumber: (field: string) => `The number of the field ${field} is missing.`,
  tooNested: (most: number) => `More than ${number.format(most)} messages are within each other.`,
  noBeginning: (got: string) => `"${got}" is nothing that a definition begins with.`,
  noContent: 'It has no service, message or enum.',
  proto: 'Protocol buffers',

  group: {
    query: 'Queries',
    mutation: 'Mutations',
    subscription: 'Subscriptions',
    type: 'Types',
    interface: 'Interfaces',
    input: 'Inputs',
    enum: 'Enums',
    union: 'Unions',
    scalar: 'Scalars',
    message: 'Messages',
  },
});
