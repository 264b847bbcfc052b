// AsyncAPI 2 and 3.
import { arr, isObj, obj, refName, resolve, str, typeOf, type Obj } from './json-schema';
import { Wrong, type Item, type Outline, type Part } from './outline';
import { say } from './outline-messages';

export function asyncapi(doc: unknown): Outline {
  if (!isObj(doc) || doc.asyncapi === undefined) throw new Wrong(say.noAsyncapi, 1);
  const version = String(doc.asyncapi);
  if (!/^[23]\./.test(version)) throw new Wrong(say.unknownAsyncapi(version.slice(0, 20)));
  const info = obj(doc.info);
  return {
    sort: `AsyncAPI ${version}`,
    title: str(info.title),
    version: info.version === undefined ? undefined : String(info.version),
    description: str(info.description),
    servers: Object.entries(obj(doc.servers)).slice(0, 20).map(([name, raw]) => {
      const server = obj(resolve(doc, raw));
      return `${name}: ${[str(server.protocol), str(server.url) ?? `${str(server.host) ?? ''}${str(server.pathname) ?? ''}`].filter(Boolean).join(' ')}`;
    }),
    groups: [{ name: '', items: version.startsWith('2') ? second(doc) : third(doc) }],
    leftOut: 0,
    document: doc,
  };
}

function second(doc: Obj): Item[] {
  return Object.entries(obj(doc.channels)).flatMap(([address, raw]) => {
    const channel = obj(resolve(doc, raw));
    return ['publish', 'subscribe'].filter((verb) => isObj(channel[verb])).map((verb) => {
      const op = obj(channel[verb]);
      const message = obj(resolve(doc, op.message));
      const messages = arr(message.oneOf).length > 0 ? arr(message.oneOf) : op.message === undefined ? [] : [op.message];
      return item(doc, str(op.operationId) ?? `${verb} ${address}`, verb, address, op, str(channel.description), messages, channel);
    });
  });
}

function third(doc: Obj): Item[] {
  const said = new Set<unknown>();
  const out = Object.entries(obj(doc.operations)).map(([id, raw]) => {
    const op = obj(resolve(doc, raw));
    const channel = obj(resolve(doc, op.channel));
    said.add(channel);
    const messages = arr(op.messages).length > 0 ? arr(op.messages) : Object.values(obj(channel.messages));
    return item(doc, id, str(op.action) ?? '?', str(channel.address) ?? id, op, str(channel.description), messages, channel);
  });
  // A channel that no operation is told of is still part of what is offered.
  for (const [id, raw] of Object.entries(obj(doc.channels))) {
    const channel = obj(resolve(doc, raw));
    if (!said.has(channel)) out.push(item(doc, id, 'channel', str(channel.address) ?? id, channel, undefined, Object.values(obj(channel.messages)), channel));
  }
  return out;
}

function item(doc: Obj, id: string, badge: string, name: string, op: Obj, about: string | undefined, messages: unknown[], channel: Obj): Item {
  return {
    id,
    badge: badge.toUpperCase(),
    name,
    summary: str(op.summary) ?? str(op.title),
    description: str(op.description) ?? about,
    parts: () => {
      const out: Part[] = [];
      const parameters = Object.entries(obj(channel.parameters));
      if (parameters.length > 0) {
        out.push({
          kind: 'parameters',
          fields: parameters.map(([key, raw]) => {
            const one = obj(resolve(doc, raw));
            return { name: key, type: typeOf(doc, one.schema ?? { type: 'string' }), description: str(one.description) };
          }),
        });
      }
      for (const raw of messages) {
        const message = obj(resolve(doc, raw));
        const payload = obj(message.payload);
        out.push({
          kind: 'message',
          detail: str(message.title) ?? str(message.name) ?? refName(raw),
          description: str(message.summary) ?? str(message.description),
          // A schema in another format is one level further in.
          schema: payload.schemaFormat !== undefined && payload.schema !== undefined ? payload.schema : message.payload,
        });
      }
      return out;
    },
  };
}
