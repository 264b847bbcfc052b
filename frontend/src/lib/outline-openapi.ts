// OpenAPI 2 (Swagger), 3.0 and 3.1.
import { arr, isObj, obj, resolve, str, typeOf } from './json-schema';
import { Wrong, type Group, type Item, type Outline, type Part } from './outline';
import { say } from './outline-messages';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

export function openapi(value: unknown): Outline {
  if (!isObj(value)) throw new Wrong(say.notOpenapi);
  const doc = value;
  const version = doc.openapi ?? doc.swagger;
  if (version === undefined) throw new Wrong(say.noOpenapi, 1);
  if (!/^(2|3)(\.|$)/.test(String(version))) throw new Wrong(say.unknownOpenapi(String(version).slice(0, 20)));
  const groups = new Map<string, Group>();
  for (const tag of arr(doc.tags).map(obj)) {
    const name = str(tag.name);
    if (name) groups.set(name, { name, description: str(tag.description), items: [] });
  }
  for (const where of ['paths', 'webhooks']) {
    for (const [path, raw] of Object.entries(obj(doc[where]))) {
      const entry = obj(resolve(doc, raw));
      for (const method of METHODS) {
        if (!isObj(entry[method])) continue;
        const item = operation(doc, path, method, entry, entry[method]);
        const tag = str(arr(entry[method].tags)[0]) ?? '';
        const group = groups.get(tag) ?? { name: tag, items: [] };
        groups.set(tag, group);
        group.items.push(item);
      }
    }
  }
  const info = obj(doc.info);
  return {
    sort: `OpenAPI ${String(version)}`,
    title: str(info.title),
    version: info.version === undefined ? undefined : String(info.version),
    description: str(info.description),
    servers: serversOf(doc),
    groups: [...groups.values()],
    leftOut: 0,
    document: doc,
  };
}

function serversOf(doc: Record<string, unknown>): string[] {
  if (typeof doc.host === 'string') {
    return [...arr(doc.schemes), ...(arr(doc.schemes).length ? [] : ['https'])].map((scheme) => `${String(scheme)}://${String(doc.host)}${str(doc.basePath) ?? ''}`);
  }
  return arr(doc.servers).flatMap((server) => str(obj(server).url) ?? []).slice(0, 20);
}

function operation(doc: Record<string, unknown>, path: string, method: string, entry: Record<string, unknown>, op: Record<string, unknown>): Item {
  return {
    id: str(op.operationId) ?? `${method} ${path}`,
    badge: method.toUpperCase(),
    name: path,
    summary: str(op.summary),
    description: str(op.description),
    deprecated: op.deprecated === true,
    parts: () => partsOf(doc, entry, op),
  };
}

function partsOf(doc: Record<string, unknown>, entry: Record<string, unknown>, op: Record<string, unknown>): Part[] {
  const out: Part[] = [];
  const all = [...arr(entry.parameters), ...arr(op.parameters)].map((one) => obj(resolve(doc, one)));
  // An operation's own parameter takes the place of its path's.
  const parameters = [...new Map(all.map((one) => [`${String(one.in)} ${String(one.name)}`, one])).values()];
  const fields = parameters.filter((one) => one.in !== 'body');
  if (fields.length > 0) {
    out.push({
      kind: 'parameters',
      fields: fields.map((one) => ({
        name: String(one.name ?? '?'),
        type: typeOf(doc, one.schema ?? { type: one.type, format: one.format, items: one.items }),
        required: one.required === true,
        description: str(one.description),
        where: str(one.in),
      })),
    });
  }
  for (const one of parameters.filter((p) => p.in === 'body')) out.push({ kind: 'request', description: str(one.description), schema: one.schema });
  const body = obj(resolve(doc, op.requestBody));
  for (const [media, content] of Object.entries(obj(body.content))) {
    out.push({ kind: 'request', detail: media, description: str(body.description), schema: obj(content).schema });
  }
  for (const [status, raw] of Object.entries(obj(op.responses))) {
    const response = obj(resolve(doc, raw));
    const content = Object.entries(obj(response.content));
    const description = str(response.description);
    if (content.length === 0) out.push({ kind: 'response', detail: status, description, schema: response.schema });
    for (const [media, value] of content) out.push({ kind: 'response', detail: `${status} ${media}`, description, schema: obj(value).schema });
  }
  const security = arr(op.security ?? doc.security).flatMap((one) => Object.entries(obj(one)));
  const schemes = obj(obj(doc.components).securitySchemes ?? doc.securityDefinitions);
  if (security.length > 0) {
    out.push({
      kind: 'security',
      fields: security.map(([name, scopes]) => {
        const scheme = obj(resolve(doc, Object.hasOwn(schemes, name) ? schemes[name] : undefined));
        return { name, type: [scheme.type, scheme.scheme, ...arr(scopes)].filter((s) => typeof s === 'string').join(' '), description: str(scheme.description) };
      }),
    });
  }
  return out;
}
