// What a person is asked before an action runs, from the JSON schema of its input.
import type { PanelAction } from '@/api/types';
import { say } from './messages';

export interface Field {
  key: string;
  label: string;
  help?: string;
  kind: 'text' | 'long' | 'secret' | 'number' | 'yes-no' | 'choice' | 'json';
  choices?: string[];
  required: boolean;
  initial: string;
}

/** Texts that may be longer than this have room for more than a line. */
const LINE_MAX = 200;

interface Schema {
  type?: unknown;
  title?: unknown;
  description?: unknown;
  enum?: unknown;
  default?: unknown;
  maxLength?: unknown;
  writeOnly?: unknown;
}

/** What the plugin has not filled in already; what is needed comes first. */
export function asksFor(action: PanelAction): Field[] {
  const schema = (action.schema ?? {}) as { properties?: Record<string, Schema>; required?: unknown };
  const required = Array.isArray(schema.required) ? (schema.required as unknown[]) : [];
  return Object.entries(schema.properties ?? {})
    .filter(([key]) => !(key in action.input))
    .map(([key, part]) => ({
      key,
      label: typeof part.title === 'string' ? part.title : key,
      help: typeof part.description === 'string' ? part.description : undefined,
      kind: kindOf(part),
      choices: Array.isArray(part.enum) ? part.enum.map(String) : undefined,
      required: required.includes(key),
      initial: part.default === undefined ? '' : typeof part.default === 'object' ? JSON.stringify(part.default) : String(part.default),
    }))
    .sort((a, b) => Number(b.required) - Number(a.required));
}

function kindOf(schema: Schema): Field['kind'] {
  if (Array.isArray(schema.enum)) return 'choice';
  if (schema.type === 'boolean') return 'yes-no';
  if (schema.type === 'number' || schema.type === 'integer') return 'number';
  if (schema.type !== 'string') return 'json';
  if (schema.writeOnly === true) return 'secret';
  return typeof schema.maxLength === 'number' && schema.maxLength > LINE_MAX ? 'long' : 'text';
}

/** What was typed, as the schema has it; what was left empty is not said. The server checks it again. */
export function inputOf(fields: Field[], typed: Record<string, string>): { input: Record<string, unknown>; wrong: Record<string, string> } {
  const input: Record<string, unknown> = {};
  const wrong: Record<string, string> = {};
  for (const { key, label, kind, required } of fields) {
    const text = (typed[key] ?? '').trim();
    if (text === '') {
      if (required) wrong[key] = say.missing(label);
      continue;
    }
    if (kind === 'yes-no') input[key] = text === 'true';
    else if (kind === 'number') {
      if (Number.isFinite(Number(text))) input[key] = Number(text);
      else wrong[key] = say.noNumber(label);
    } else if (kind === 'json') {
      try {
        input[key] = JSON.parse(text) as unknown;
      } catch {
        wrong[key] = say.noJson(label);
      }
    } else input[key] = text;
  }
  return { input, wrong };
}
