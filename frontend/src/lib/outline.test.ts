import { expect, test } from 'vitest';
import { DEFINITION_MAX, ITEMS_MAX, readDefinition, type Outline } from './outline';
import { BLOCKS_MAX } from './outline-proto';
import { resolve, typeOf } from './json-schema';

function outline(type: string, text: string): Outline {
  const read = readDefinition(type, text);
  if (!('outline' in read)) throw new Error(JSON.stringify(read));
  return read.outline;
}
const names = (o: Outline) => o.groups.map((g) => [g.name, ...g.items.map((i) => `${i.badge} ${i.name}`)]);

test('OpenAPI 3: operations by tag, an own parameter in the place of the path’s', () => {
  const o = outline('openapi', `openapi: 3.1.0
info: {title: Pets, version: 1}
servers: [{url: "https://pets.example"}]
security: [{key: []}]
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X}}
  schemas: {Pet: {type: object, properties: {parent: {$ref: "#/components/schemas/Pet"}}}}
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      tags: [pets]
      operationId: getPet
      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
      responses: {"200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}
    delete: {deprecated: true}
`);
  expect(names(o)).toEqual([['pets', 'GET /pets/{id}'], ['', 'DELETE /pets/{id}']]);
  const parts = o.groups[0]!.items[0]!.parts();
  expect(parts.map(({ kind }) => kind)).toEqual(['parameters', 'response', 'security']);
  expect(parts[0]!.fields).toEqual([{ name: 'id', type: 'integer', required: true, description: undefined, where: 'path' }]);
  expect(o.servers).toEqual(['https://pets.example']);
});

test('Swagger 2: a body is a request', () => {
  const o = outline('openapi', JSON.stringify({ swagger: '2.0', host: 'a.example', paths: { '/a': { post: { parameters: [{ in: 'body', schema: { type: 'string' } }] } } } }));
  expect(o.groups[0]!.items[0]!.parts()[0]!.kind).toBe('request');
  expect(o.servers).toEqual(['https://a.example']);
});

test('AsyncAPI 2 and 3 tell their messages', () => {
  const two = outline('asyncapi', 'asyncapi: 2.6.0\nchannels: {a/b: {publish: {message: {oneOf: [{name: A}, {name: B}]}}}}');
  expect(two.groups[0]!.items[0]!.parts().map(({ detail }) => detail)).toEqual(['A', 'B']);
  const three = outline('asyncapi', 'asyncapi: 3.0.0\nchannels: {c: {address: x.y, messages: {M: {payload: {type: object}}}}, d: {address: lone}}\noperations: {o: {action: send, channel: {$ref: "#/channels/c"}}}');
  expect(names(three)).toEqual([['', 'SEND x.y', 'CHANNEL lone']]);
});

test('GraphQL: the roots by their fields, the rest by their types', () => {
  const o = outline('graphql', 'type Query { pet(id: ID!): Pet @deprecated } type Pet { name: String! } enum E { A }');
  expect(names(o)).toEqual([['Query', 'query pet: Pet'], ['type', 'type Pet'], ['enum', 'enum E']]);
});

test('protocol buffers: services, messages within messages, oneof, map, stream', () => {
  const o = outline('grpc', `syntax = "proto3"; package a.b; import "x.proto"; option go_package = "x";
// The pets.
service Pets { // not about the next
  rpc Watch(stream Req) returns (stream Res) { option (google.api.http) = { get: "/v1" }; }
}
message Req { map<string, int32> m = 1; oneof way { string a = 2; int32 b = 3; } message In { reserved 1, 2; } }
message Res { repeated Req.In all = 1 [deprecated = true]; enum K { X = 0; } }
`);
  expect(names(o)).toEqual([['Pets', 'rpc Watch'], ['messages', 'message Req.In', 'message Req', 'message Res'], ['enums', 'enum Res.K']]);
  expect(o.groups[0]!.description).toBe('The pets.');
});

test.each([
  ['openapi', 'openapi: 3.0.0\npaths: {a: [', 2],
  ['openapi', '{\n "openapi": "3.0.0",\n x', 3],
  ['graphql', 'type A {\n  b\n}', 3],
  ['grpc', 'syntax = "proto3";\nmessage A {\n  string = 1;\n}', 3],
  ['grpc', 'message A {\n', 1],
  ['grpc', 'message A { string b = 1;\n/* never ends', 2],
])('a wrong %s says the line: %j', (type, text, line) => {
  const read = readDefinition(type, text);
  expect(read).toHaveProperty('wrong.message');
  expect(read).toMatchObject({ wrong: { line } });
});

test('what is not known, or too long, or no such document', () => {
  expect(readDefinition('toString', 'x')).toEqual({ unknown: true });
  expect(readDefinition('openapi', ' '.repeat(DEFINITION_MAX + 1))).toEqual({ tooLong: true });
  for (const text of ['', '[]', 'null', '42', 'openapi: 4.0.0', 'paths: {}']) expect(readDefinition('openapi', text)).toHaveProperty('wrong');
  expect(readDefinition('asyncapi', 'asyncapi: 9.0.0')).toHaveProperty('wrong');
});

test('aliases that grow without end, and depth, are refused', () => {
  const rows = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++) rows.push(`a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`).join(',')}]`);
  expect(readDefinition('openapi', rows.join('\n'))).toHaveProperty('wrong');
  expect(readDefinition('openapi', `openapi: 3.0.0\nx: ${'['.repeat(20_000)}`)).toHaveProperty('wrong');
  const deep = (n: number) => 'message A { '.repeat(n) + '} '.repeat(n);
  expect(readDefinition('grpc', deep(BLOCKS_MAX))).toHaveProperty('outline');
  expect(readDefinition('grpc', deep(BLOCKS_MAX + 1))).toHaveProperty('wrong');
});

test('operations are taken up to the limit', () => {
  const paths = (n: number) => JSON.stringify({ openapi: '3.0.0', paths: Object.fromEntries(Array.from({ length: n }, (_, i) => [`/${i}`, { get: {} }])) });
  expect(outline('openapi', paths(ITEMS_MAX)).leftOut).toBe(0);
  expect(outline('openapi', paths(ITEMS_MAX + 1)).leftOut).toBe(1);
});

test('references go nowhere but into the document, and not in circles', () => {
  const doc = { a: { $ref: '#/b' }, b: { $ref: '#/a' }, 'c/d': { type: 'string' } };
  expect(resolve(doc, doc.a)).toBe(doc.a);
  expect(resolve(doc, { $ref: '#/c~1d' })).toEqual({ type: 'string' });
  expect(resolve(doc, { $ref: '#/__proto__/x' })).toEqual({ $ref: '#/__proto__/x' });
  expect(resolve(doc, { $ref: 'https://else.example/#/a' })).toEqual({ $ref: 'https://else.example/#/a' });
  expect(typeOf(doc, { type: 'array', items: { $ref: '#/c~1d' } })).toBe('c~1d[]');
});
