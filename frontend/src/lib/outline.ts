// What an API's definition says, in one shape for every sort: groups of operations, each with its parts. A stranger
// wrote the text, so its size, its counts and its depth are bounded before anything is drawn from it.
import { parseDocument } from 'yaml';
import { asyncapi } from './outline-asyncapi';
import { graphql } from './outline-graphql';
import { say } from './outline-messages';
import { openapi } from './outline-openapi';
import { protobuf } from './outline-proto';

/** Longer definitions are only shown as text. */
export const DEFINITION_MAX = 2_000_000;
/** Operations taken of a definition. */
export const ITEMS_MAX = 10_000;
/** Times that anchors may stand for more than themselves. */
const ALIASES_MAX = 100;

export interface Field {
  name: string;
  type: string;
  required?: boolean;
  description?: string;
  where?: string;
}

export interface Part {
  kind: 'parameters' | 'request' | 'response' | 'security' | 'message' | 'fields' | 'values' | 'replies';
  detail?: string;
  description?: string;
  fields?: Field[];
  schema?: unknown;
}

export interface Item {
  /** The same for the same operation, so that it can be linked to. */
  id: string;
  badge: string;
  name: string;
  summary?: string;
  description?: string;
  deprecated?: boolean;
  /** Read only when somebody opens it. */
  parts: () => Part[];
}

export interface Group {
  /** As the document calls it; empty for what belongs nowhere. */
  name: string;
  /** What is in it, where not the document made the group but its sort of things. */
  of?: keyof typeof say.group;
  description?: string;
  items: Item[];
}

/** What stands above a group's items. */
export const headingOf = ({ name, of }: Group): string => (of ? say.group[of] : name);

export interface Outline {
  sort: string;
  title?: string;
  version?: string;
  description?: string;
  servers: string[];
  groups: Group[];
  /** Operations beyond ITEMS_MAX. */
  leftOut: number;
  /** The whole document, within which $ref is looked for. */
  document?: unknown;
}

export type Read = { outline: Outline } | { wrong: { message: string; line?: number } } | { unknown: true } | { tooLong: true };

const READERS: Record<string, (text: string) => Outline> = {
  openapi: (text) => openapi(dataOf(text)),
  asyncapi: (text) => asyncapi(dataOf(text)),
  graphql,
  grpc: protobuf,
  proto: protobuf,
  protobuf,
};

/** The types of APIs that are understood. */
export const SORTS = ['openapi', 'asyncapi', 'graphql', 'grpc'];

/** A definition that is wrong, and the line where. */
export class Wrong extends Error {
  constructor(
    message: string,
    readonly line?: number,
  ) {
    super(message);
  }
}

/** TEXT as a definition of TYPE; never throws. */
export function readDefinition(type: string, text: string): Read {
  const reader = Object.hasOwn(READERS, type.toLowerCase()) ? READERS[type.toLowerCase()] : undefined;
  if (!reader) return { unknown: true };
  if (text.length > DEFINITION_MAX) return { tooLong: true };
  try {
    return { outline: limited(reader(text)) };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: { message: error.message, line: error.line } };
    if (error instanceof RangeError) return { wrong: { message: say.tooDeep } };
    return { wrong: { message: error instanceof Error ? error.message : String(error) } };
  }
}

function limited(outline: Outline): Outline {
  let room = ITEMS_MAX;
  let leftOut = 0;
  const groups = outline.groups.map((group) => {
    const items = group.items.slice(0, room);
    room -= items.length;
    leftOut += group.items.length - items.length;
    return { ...group, items };
  });
  return { ...outline, groups: groups.filter(({ items }) => items.length > 0), leftOut };
}

// JSON is YAML too, but its own reader is many times faster.
function dataOf(text: string): unknown {
  if (/^\s*\{/.test(text)) {
    try {
      return JSON.parse(text);
    } catch {
      // The other reader knows the line.
    }
  }
  const read = parseDocument(text, { prettyErrors: true, logLevel: 'silent' });
  const first = read.errors[0];
  if (first) throw new Wrong(first.message.split('\n')[0]!.replace(/ at line \d+.*$/, ''), first.linePos?.[0].line);
  return read.toJS({ maxAliasCount: ALIASES_MAX });
}
