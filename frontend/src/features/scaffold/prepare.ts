// What a page of a template becomes before it is drawn: fields that the portal has by their names, all others as plain ones.
import type { RJSFSchema, UiSchema } from '@rjsf/utils';
import { say } from './messages';
import { splitSchema } from './schema';

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Backstage's fields that have a widget of ours, by the same name. */
export const FIELDS = [
  'EntityPicker', 'OwnerPicker', 'OwnedEntityPicker', 'MyGroupsPicker', 'MultiEntityPicker', 'EntityNamePicker',
  'EntityTagsPicker', 'RepoUrlPicker', 'RepoBranchPicker', 'RepoOwnerPicker', 'Secret',
] as const;

/** rjsf's own widgets; any other name would be an error where the field should be. */
const WIDGETS = new Set([
  'text', 'textarea', 'password', 'select', 'radio', 'checkbox', 'checkboxes', 'email', 'uri', 'url', 'date', 'datetime', 'date-time',
  'time', 'color', 'range', 'updown', 'hidden', 'file',
]);

const NAME_PATTERN = '^[a-zA-Z0-9]([a-zA-Z0-9_.-]*[a-zA-Z0-9])?$';

export interface Page {
  title: string;
  description?: string;
  schema: RJSFSchema;
  ui: UiSchema;
  /** Fields that are drawn as plain ones, since nobody here knows them. */
  unknown: string[];
}

export function preparePage(step: { title: string; description?: string; schema: Json }): Page {
  const { schema, ui } = splitSchema(withoutFlagged(step.schema));
  const unknown: string[] = [];
  // the page says its own title
  const { title: _, description: __, ...rest } = schema;
  return {
    title: step.title,
    description: step.description,
    schema: withNames(rest as Json, ui) as RJSFSchema,
    ui: known(ui as Json, unknown) as UiSchema,
    unknown,
  };
}

// What stands behind a feature flag is not there while no flag is set.
function withoutFlagged(schema: Json): Json {
  if (!isObject(schema.properties)) return schema;
  const properties = Object.fromEntries(
    Object.entries(schema.properties).filter(([, sub]) => !(isObject(sub) && sub['backstage:featureFlag'] !== undefined)),
  );
  return { ...schema, properties };
}

function known(ui: Json, unknown: string[]): Json {
  const out: Json = {};
  for (const [key, value] of Object.entries(ui)) {
    if (key.startsWith('ui:') || !isObject(value)) out[key] = value;
    else out[key] = known(value, unknown);
  }
  const field = out['ui:field'];
  if (field !== undefined) {
    delete out['ui:field'];
    if (FIELDS.some((one) => one === field)) out['ui:widget'] = field;
    else unknown.push(String(field));
  } else if (typeof out['ui:widget'] === 'string' && !WIDGETS.has(out['ui:widget'])) {
    unknown.push(out['ui:widget']);
    delete out['ui:widget'];
  }
  if (out['ui:help'] !== undefined && typeof out['ui:help'] !== 'string') delete out['ui:help'];
  delete out['ui:ObjectFieldTemplate'];
  return out;
}

// A name of an entity has its form, whether or not the template says so.
function withNames(schema: Json, ui: Json): Json {
  if (!isObject(schema.properties)) return schema;
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([name, sub]) => {
      const own = ui[name];
      if (!isObject(sub) || !isObject(own)) return [name, sub];
      if (own['ui:field'] === 'EntityNamePicker') return [name, { maxLength: 63, pattern: NAME_PATTERN, ...sub }];
      return [name, withNames(sub, own)];
    }),
  );
  return { ...schema, properties };
}

// ---- the summary before the run

export interface ReviewRow {
  name: string;
  value: string;
}

export function reviewOf(page: Page, values: Json): ReviewRow[] {
  const names = Object.keys((page.schema.properties as Json | undefined) ?? {});
  // what a choice brought in stands in no list of properties
  const more = Object.keys(page.ui).filter((key) => !key.startsWith('ui:') && !names.includes(key));
  return [...names, ...more].flatMap((name) => {
    const ui = isObject(page.ui[name]) ? (page.ui[name] as Json) : {};
    const review = isObject(ui['ui:backstage']) && isObject(ui['ui:backstage'].review) ? ui['ui:backstage'].review : {};
    if (review.show === false || values[name] === undefined) return [];
    const property = isObject(page.schema.properties?.[name]) ? (page.schema.properties[name] as Json) : {};
    const label = String(review.name ?? property.title ?? name);
    if (ui['ui:widget'] === 'Secret' || ui['ui:widget'] === 'password') return [{ name: label, value: '••••••' }];
    if (typeof review.mask === 'string') return [{ name: label, value: review.mask }];
    return [{ name: label, value: textOf(values[name]) }];
  });
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? say.yes : say.no;
  if (Array.isArray(value) && value.every((one) => !isObject(one))) return value.map(textOf).join(', ');
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value, null, 1);
}

// ---- what may be kept over a reload

/** VALUES without those of secret fields. */
export function withoutSecrets(pages: Page[], values: Json): Json {
  const secret = new Set(pages.flatMap(({ ui }) => Object.keys(ui).filter((name) => isObject(ui[name]) && (ui[name] as Json)['ui:widget'] === 'Secret')));
  return Object.fromEntries(Object.entries(values).filter(([name]) => !secret.has(name)));
}

/** The values that PAGES say by themselves: the server does not fill in defaults. */
export function catalogFilter(filter: unknown): string[][] {
  const list = Array.isArray(filter) ? filter : [filter];
  return list.filter(isObject).map((one) =>
    Object.entries(one).flatMap(([key, value]) => {
      if (isObject(value)) return value.exists === true ? [key] : [];
      return [value].flat().map((v) => `${key}=${String(v)}`);
    }),
  );
}
