// The section of docs/templates.md that says what each action takes and gives, made from the plugin's own tables.
//
//   node tests/template/actions.mjs --write      after a change of an action; tests/plugin/templates-docs.test.mjs holds the file to it
import fs from 'node:fs';
import path from 'node:path';
import { started } from '../plugin/host.mjs';

export const file = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../../docs/templates.md');
export const BEGIN = '<!-- actions: made by tests/template/actions.mjs -->', END = '<!-- /actions -->';

const cell = text => String(text ?? '').replaceAll('|', '\\|').replaceAll('\n', ' ');
function typeOf(s) {
  if (s.enum) return s.enum.map(e => `\`${e}\``).join(' ');
  if (s.anyOf) return s.anyOf.map(typeOf).join(' or ');
  if (s.type === 'array') return s.items?.type === 'object' ? `list of {${Object.keys(s.items.properties ?? {}).join(', ')}}` : 'list';
  return Array.isArray(s.type) ? s.type.join(' or ') : s.type ?? 'any';
}
function rows(schema) {
  const all = schema.anyOf ?? [schema], out = new Map();
  for (const one of all) {
    for (const [name, s] of Object.entries(one.properties ?? {})) {
      const required = one.required?.includes(name) ? (all.length > 1 ? ' (or the other)' : ' *') : '';
      if (!out.has(name)) out.set(name, `| \`${name}\`${required} | ${cell(typeOf(s))} | ${cell(s.description ?? s.title)} |`);
    }
  }
  return [...out.values()];
}
function section(action) {
  const lines = [`### ${action.name}`, '', `${action.summary}.${action.dry_run ? '' : ' Skipped in a dry run.'}`, '', '| input | | |', '| --- | --- | --- |', ...rows(action.input)];
  const output = Object.entries(action.output?.properties ?? {}).map(([name, s]) => `\`${name}\`${s.description || s.title ? ` (${cell(s.description ?? s.title)})` : ''}`);
  if (output.length) lines.push('', `Output: ${output.join(', ')}.`);
  const example = action.examples?.[0];
  if (example) lines.push('', `${example.description}:`, '', '```yaml', example.example.trimEnd(), '```');
  return lines.join('\n');
}

export async function made() {
  const host = await started('templates', {});
  const actions = [...host.descriptor.actions].sort((a, b) => (a.name < b.name ? -1 : 1));
  await host.stop();
  return `${BEGIN}\n\n${actions.map(section).join('\n\n')}\n\n${END}`;
}

if (process.argv[2] === '--write') {
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.slice(0, text.indexOf(BEGIN)) + await made() + text.slice(text.indexOf(END) + END.length));
}
