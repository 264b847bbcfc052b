// A page of a template as a form needs it: Backstage writes ui:* into the schema, rjsf wants it beside.
import { Validator, type OutputUnit, type Schema } from '@cfworker/json-schema';
import type { ErrorSchema, RJSFSchema, RJSFValidationError, UiSchema, ValidatorType } from '@rjsf/utils';
import { say } from './messages';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const MAPS = ['properties', 'patternProperties', 'definitions', '$defs'];
const LISTS = ['oneOf', 'anyOf', 'allOf'];
const SINGLES = ['if', 'then', 'else', 'not', 'additionalProperties', 'additionalItems', 'contains'];
/** A schema of schemas of ...: deeper nobody writes one. */
const DEPTH_MAX = 64;

/** SCHEMA without its ui:* and backstage:* keys, and these as a uiSchema of the same shape. */
export function splitSchema(schema: Json, depth = 0): { schema: RJSFSchema; ui: UiSchema } {
  const out: Json = {};
  const ui: Json = {};
  if (depth > DEPTH_MAX) return { schema: out, ui };
  const take = (sub: Json) => splitSchema(sub, depth + 1);
  const merge = (more: Json) => {
    for (const [key, value] of Object.entries(more)) ui[key] = isObject(ui[key]) && isObject(value) ? { ...ui[key], ...value } : value;
  };
  for (const [key, value] of Object.entries(schema)) {
    if (key.startsWith('ui:')) ui[key] = value;
    else if (key.startsWith('backstage:')) continue;
    else if (MAPS.includes(key) && isObject(value)) {
      const map: Json = {};
      for (const [name, sub] of Object.entries(value)) {
        if (!isObject(sub)) map[name] = sub;
        else {
          const part = take(sub);
          map[name] = part.schema;
          if (key === 'properties') merge({ [name]: part.ui });
        }
      }
      out[key] = map;
    } else if (key === 'dependencies' && isObject(value)) {
      const map: Json = {};
      for (const [name, sub] of Object.entries(value)) {
        if (!isObject(sub)) map[name] = sub;
        else {
          const part = take(sub);
          map[name] = part.schema;
          merge(part.ui);
        }
      }
      out[key] = map;
    } else if (LISTS.includes(key) && Array.isArray(value)) {
      out[key] = value.map((sub) => {
        if (!isObject(sub)) return sub;
        const part = take(sub);
        merge(part.ui);
        return part.schema;
      });
    } else if (key === 'items') {
      if (Array.isArray(value)) out[key] = value.map((sub) => (isObject(sub) ? take(sub).schema : sub));
      else if (isObject(value)) {
        const part = take(value);
        out[key] = part.schema;
        ui.items = part.ui;
      } else out[key] = value;
    } else if (SINGLES.includes(key) && isObject(value)) {
      const part = take(value);
      out[key] = part.schema;
      if (key !== 'not') merge(part.ui);
    } else out[key] = value;
  }
  return { schema: out as RJSFSchema, ui: ui as UiSchema };
}

// ---- what is wrong with values, without building code from schemas (the policy forbids that)

const DRAFT = '7';

function check(schema: unknown, value: unknown): OutputUnit[] {
  const { errors } = new Validator(schema as Schema, DRAFT, false).validate(value ?? {});
  // what only says that something below is wrong is no news
  return errors.filter(({ keyword }) => !['properties', 'items', 'allOf', 'anyOf', 'if', 'then', 'else', '$ref', 'dependencies', 'additionalProperties'].includes(keyword) || errors.length === 1);
}

/** The path of an error's value: "#/a/0" is ["a", "0"]. */
function pathOf(location: string): string[] {
  return location
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function sentence(unit: OutputUnit, schema: unknown): { path: string[]; text: string } {
  const path = pathOf(unit.instanceLocation);
  const missing = unit.keyword === 'required' ? /"([^"]+)"/.exec(unit.error)?.[1] : undefined;
  if (missing !== undefined) return { path: [...path, missing], text: say.rule.needed };
  const rule = pathOf(unit.keywordLocation).reduce<unknown>((at, key) => (isObject(at) || Array.isArray(at) ? (at as Json)[key] : undefined), schema);
  const texts: Record<string, (limit: unknown) => string> = {
    minLength: (n) => say.rule.minLength(Number(n)),
    maxLength: (n) => say.rule.maxLength(Number(n)),
    minimum: (n) => say.rule.minimum(Number(n)),
    maximum: (n) => say.rule.maximum(Number(n)),
    minItems: (n) => say.rule.minItems(Number(n)),
    maxItems: (n) => say.rule.maxItems(Number(n)),
    pattern: (p) => say.rule.pattern(String(p)),
    enum: () => say.rule.enum,
    uniqueItems: () => say.rule.uniqueItems,
    type: (type) => say.rule.type([type].flat().map(String)),
  };
  const text = texts[unit.keyword]?.(rule) ?? unit.error;
  return { path, text };
}

/** In the order of the fields, so that the first one is the first on the page. */
export function problemsOf(schema: unknown, value: unknown): { path: string[]; text: string }[] {
  try {
    const order = isObject(schema) && isObject(schema.properties) ? Object.keys(schema.properties) : [];
    const place = ({ path }: { path: string[] }) => (path[0] === undefined ? -1 : order.indexOf(path[0]));
    return check(schema, value)
      .map((unit) => sentence(unit, schema))
      .sort((a, b) => place(a) - place(b));
  } catch (error) {
    return [{ path: [], text: say.rule.badSchema(error instanceof Error ? error.message : String(error)) }];
  }
}

function errorSchemaOf(problems: { path: string[]; text: string }[]): ErrorSchema {
  const root: Json = {};
  for (const { path, text } of problems) {
    let at = root;
    for (const key of path) at = (at[key] ??= {}) as Json;
    (at.__errors ??= [] as string[]) as string[];
    (at.__errors as string[]).push(text);
  }
  return root as ErrorSchema;
}

export const validator: ValidatorType = {
  validateFormData(value, schema) {
    const problems = problemsOf(schema, value);
    const errors: RJSFValidationError[] = problems.map(({ path, text }) => ({
      property: path.length > 0 ? `.${path.join('.')}` : '.',
      message: text,
      stack: path.length > 0 ? `${path.join(' ')}: ${text}` : text,
    }));
    return { errors, errorSchema: errorSchemaOf(problems) };
  },
  isValid(schema, value, root) {
    try {
      const whole = isObject(schema) && isObject(root) ? { definitions: root.definitions, $defs: root.$defs, ...schema } : schema;
      return new Validator(whole as Schema, DRAFT, true).validate(value as never).valid;
    } catch {
      return false;
    }
  },
  rawValidation(schema, value) {
    return { errors: problemsOf(schema, value) as never };
  },
};

/** Places of values that are secret, in VALUES by the pages' ui: what must not be shown, kept or sent as a parameter. */
export function isSecretField(ui: unknown): boolean {
  return isObject(ui) && ui['ui:field'] === 'Secret';
}
