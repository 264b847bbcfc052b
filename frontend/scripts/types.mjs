// Makes src/api/types.gen.ts from the server's contract.
//   npm run types              writes it
//   npm run types -- --check   says whether it is up to date
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

const contract = new URL('../../server/http/openapi.yaml', import.meta.url);
const target = new URL('../src/api/types.gen.ts', import.meta.url);

const HEAD = '// Made by `npm run types` from server/http/openapi.yaml. Not edited by hand.\n';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export function generate(text) {
  const doc = parse(text);
  const out = [HEAD];
  const put = (name, schema, comment) => {
    const lines = comment ? `/** ${comment.trim().replace(/\s*\n\s*/g, ' ')} */\n` : '';
    out.push(`${lines}export type ${name} = ${typeOf(schema, 0)};\n`);
  };
  for (const [name, schema] of Object.entries(doc.components.schemas)) put(name, schema, schema.description);
  for (const [name, response] of Object.entries(doc.components.responses ?? {})) {
    const schema = bodyOf(response);
    if (schema && !schema.$ref && !doc.components.schemas[name]) put(name, schema, response.description);
  }
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      const schema = bodyOf(operation?.responses?.['200']) ?? bodyOf(operation?.responses?.['201']);
      if (schema && !schema.$ref) put(`${operation.operationId}Answer`, schema, `${method.toUpperCase()} ${path}`);
    }
  }
  return out.join('\n');
}

function bodyOf(response) {
  return response?.content?.['application/json']?.schema;
}

function typeOf(schema, depth) {
  if (!schema || Object.keys(schema).length === 0) return 'unknown';
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const either = schema.oneOf ?? schema.anyOf;
  if (either) return either.map((one) => wrapped(one, depth)).join(' | ');
  if (schema.allOf) {
    // What stands beside allOf holds as well.
    const { allOf, ...own } = schema;
    return (own.properties ? [...allOf, own] : allOf).map((one) => wrapped(one, depth)).join(' & ');
  }
  if (Array.isArray(schema.type)) {
    return schema.type.map((type) => wrapped({ ...schema, type }, depth)).join(' | ');
  }
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return `${wrapped(schema.items ?? {}, depth)}[]`;
    default:
      return objectOf(schema, depth);
  }
}

function wrapped(schema, depth) {
  const type = typeOf(schema, depth);
  return / [|&] /.test(type) && !type.startsWith('{') ? `(${type})` : type;
}

function objectOf(schema, depth) {
  const pad = '  '.repeat(depth + 1);
  const rest = schema.additionalProperties;
  const entries = Object.entries(schema.properties ?? {});
  if (entries.length === 0) return `Record<string, ${rest && rest !== true ? typeOf(rest, depth) : 'unknown'}>`;
  const lines = entries.map(([key, value]) => {
    const comment = value.description ? `${pad}/** ${value.description.trim().replace(/\s*\n\s*/g, ' ')} */\n` : '';
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key);
    const optional = schema.required?.includes(key) ? '' : '?';
    return `${comment}${pad}${name}${optional}: ${typeOf(value, depth + 1)};`;
  });
  return `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
}

export function isUpToDate() {
  return generate(readFileSync(contract, 'utf8')) === readFileSync(target, 'utf8');
}

if (process.argv[1]?.endsWith('types.mjs')) {
  if (process.argv.includes('--check')) {
    if (!isUpToDate()) {
      console.error('src/api/types.gen.ts is not what server/http/openapi.yaml says: run npm run types');
      process.exit(1);
    }
  } else {
    writeFileSync(target, generate(readFileSync(contract, 'utf8')));
  }
}
