// Protocol buffers, as far as their services, messages and enums are concerned: what a reader of the API asks for.
// Options are passed over. The words are read in one walk; nothing is called for each level of nesting but BLOCKS_MAX.
import { Wrong, type Field, type Group, type Item, type Outline } from './outline';
import { say } from './outline-messages';

/** Messages within messages. */
export const BLOCKS_MAX = 32;

interface Token {
  text: string;
  line: number;
  /** The comment right above. */
  about?: string;
}

const WORDS = /\/\/([^\n]*)|\/\*([\s\S]*?)\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[\w.]+|[^\s]|\n/g;

function tokensOf(text: string): Token[] {
  const out: Token[] = [];
  let line = 1;
  let about: string[] = [];
  let blank = 0;
  for (const match of text.matchAll(WORDS)) {
    const word = match[0];
    if (word === '\n') {
      line++;
      if (++blank > 1) about = [];
      continue;
    }
    blank = 0;
    if (match[1] !== undefined || match[2] !== undefined) {
      // What follows a statement on its line is about that, not about the next.
      if (out.at(-1)?.line !== line) about.push((match[1] ?? match[2]!.replace(/^\s*\*/gm, '')).trim());
      line += word.split('\n').length - 1;
      continue;
    }
    if (word === '/' || word === '"' || word === "'") throw new Wrong(word === '/' ? say.openComment : say.openText, line);
    out.push({ text: word, line, about: about.length > 0 ? about.join('\n') : undefined });
    about = [];
  }
  return out;
}

export function protobuf(text: string): Outline {
  const tokens = tokensOf(text);
  const services: Group[] = [];
  const types: Group = { name: 'messages', of: 'message', items: [] };
  const enums: Group = { name: 'enums', of: 'enum', items: [] };
  const last = tokens.at(-1)?.line ?? 1;
  let at = 0;
  let version = '';
  let space = '';

  const next = (): Token => tokens[at++] ?? fail(say.ends, last);
  const peek = () => tokens[at]?.text;
  const expect = (want: string) => {
    const got = next();
    if (got.text !== want) fail(say.wanted(want, got.text.slice(0, 40)), got.line);
  };
  // To the end of a statement, over whatever it holds in brackets.
  const skip = () => {
    for (let open = 0; ; ) {
      const { text: t } = next();
      if (t === '{' || t === '[' || t === '(') open++;
      else if (t === '}' || t === ']' || t === ')') open--;
      if (open <= 0 && (t === ';' || t === '}')) break;
    }
    if (peek() === ';') at++;
  };
  const name = () => {
    const got = next();
    if (!/^[A-Za-z_.][\w.]*$/.test(got.text)) fail(say.wantedName(got.text.slice(0, 40)), got.line);
    return got.text;
  };

  const method = (service: string, about?: string): Item => {
    const called = name();
    const side = () => {
      expect('(');
      const stream = peek() === 'stream' && tokens[at + 1]?.text !== ')';
      if (stream) at++;
      const type = name();
      expect(')');
      return stream ? `stream ${type}` : type;
    };
    const from = side();
    expect('returns');
    const to = side();
    if (peek() === '{') skip();
    else expect(';');
    return {
      id: `${service}.${called}`,
      badge: 'rpc',
      name: called,
      summary: `${from} → ${to}`,
      description: about,
      parts: () => [
        { kind: 'request', detail: from, fields: fieldsOf(from) },
        { kind: 'replies', detail: to, fields: fieldsOf(to) },
      ],
    };
  };

  const known = new Map<string, Field[]>();
  const fieldsOf = (type: string) => known.get(type.replace(/^stream /, '').split('.').at(-1)!);

  const field = (into: Field[], first: Token, oneof?: string) => {
    let type = first.text;
    let label = '';
    if (['repeated', 'optional', 'required'].includes(type)) {
      label = type;
      type = next().text;
    }
    if (type === 'map' && peek() === '<') {
      at++;
      const key = name();
      expect(',');
      type = `map<${key}, ${name()}>`;
      expect('>');
    }
    if (!/^[A-Za-z_.]/.test(type)) fail(say.wantedField(type.slice(0, 40)), first.line);
    const called = name();
    expect('=');
    const number = next();
    if (!/^(\d+|0x[\da-f]+)$/i.test(number.text)) fail(say.noNumber(called), number.line);
    into.push({ name: called, type: label ? `${label} ${type}` : type, description: first.about, where: oneof ?? number.text, required: label === 'required' });
    skip();
  };

  const block = (kind: string, outer: string, depth: number, about?: string) => {
    if (depth > BLOCKS_MAX) fail(say.tooNested(BLOCKS_MAX), tokens[at]?.line ?? last);
    const called = name();
    const full = outer ? `${outer}.${called}` : called;
    expect('{');
    const fields: Field[] = [];
    const methods: Item[] = [];
    let oneof: string | undefined;
    for (;;) {
      const token = next();
      if (token.text === '}') {
        if (oneof === undefined) break;
        oneof = undefined;
      } else if (token.text === ';') continue;
      else if (['option', 'reserved', 'extensions', 'extend', 'group'].includes(token.text) && peek() !== '=') skip();
      else if (kind === 'service') {
        if (token.text !== 'rpc') fail(say.wanted('rpc', token.text.slice(0, 40)), token.line);
        methods.push(method(full, token.about));
      } else if (kind === 'enum') {
        expect('=');
        fields.push({ name: token.text, type: '', description: token.about });
        skip();
      } else if ((token.text === 'message' || token.text === 'enum') && tokens[at + 1]?.text === '{') block(token.text, full, depth + 1, token.about);
      else if (token.text === 'oneof' && tokens[at + 1]?.text === '{') {
        oneof = `oneof ${name()}`;
        expect('{');
      } else field(fields, token, oneof);
    }
    if (peek() === ';') at++;
    if (kind === 'service') services.push({ name: full, description: about, items: methods });
    else if (kind === 'enum') enums.items.push({ id: full, badge: 'enum', name: full, description: about, parts: () => [{ kind: 'values', fields }] });
    else {
      known.set(called, fields);
      types.items.push({ id: full, badge: 'message', name: full, description: about, parts: () => [{ kind: 'fields', fields }] });
    }
  };

  while (at < tokens.length) {
    const token = next();
    if (token.text === 'syntax' || token.text === 'edition') {
      expect('=');
      version = next().text.replace(/["']/g, '');
      expect(';');
    } else if (token.text === 'package') {
      space = name();
      expect(';');
    } else if (token.text === 'import' || token.text === 'option' || token.text === 'extend') skip();
    else if (['message', 'enum', 'service'].includes(token.text)) block(token.text, '', 1, token.about);
    else if (token.text !== ';') fail(say.noBeginning(token.text.slice(0, 40)), token.line);
  }
  if (services.length + types.items.length + enums.items.length === 0) fail(say.noContent, 1);
  return { sort: `${say.proto}${version ? ` (${version})` : ''}`, title: space || undefined, servers: [], groups: [...services, types, enums], leftOut: 0 };
}

function fail(message: string, line: number): never {
  throw new Wrong(message, line);
}
