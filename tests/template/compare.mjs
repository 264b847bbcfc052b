// Holds callboard's dry runs against those of a real Backstage, file by file, on templates that others wrote.
//
//   node compare.mjs --backstage URL --callboard URL [--only NAME] [--verbose] FOLDER...
//
// Every file below the folders that holds a template of scaffolder.backstage.io/v1beta3 is sent to POST /api/scaffolder/v2/dry-run of both, with the
// folder it lies in and values that its own parameters allow. A step whose action one of them does not have is left out, and so counted;
// so is one that fetches from elsewhere. Compared: whether it works, the tree (paths, bytes, what may be executed), and the output.
// Neither is started here: tests/README.md says how the real one was run. Templates of others are not part of this repository.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const yaml = require('yaml');
const args = process.argv.slice(2), opt = {}, folders = [];
while (args.length) {
  const a = args.shift();
  if (a === '--verbose') opt.verbose = true;
  else if (a.startsWith('--')) opt[a.slice(2)] = args.shift();
  else folders.push(path.resolve(a));
}
if (!opt.backstage || !opt.callboard || !folders.length) {
  console.error('usage: compare.mjs --backstage URL --callboard URL [--only NAME] [--verbose] FOLDER...');
  process.exit(2);
}

/* ---- the templates */

function files(folder, below = '') {
  return fs.readdirSync(path.join(folder, below), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(e => {
    const name = path.join(below, e.name);
    if (e.name === '.git' || e.name === 'node_modules') return [];
    return e.isDirectory() ? files(folder, name) : e.isFile() ? [name] : [];
  });
}

function* templates(root) {
  for (const name of files(root).filter(f => /\.ya?ml$/.test(f))) {
    const text = fs.readFileSync(path.join(root, name), 'utf8');
    if (!text.includes('scaffolder.backstage.io/v1beta3')) continue;
    let docs;
    try { docs = yaml.parseAllDocuments(text).map(d => (d.errors.length ? null : d.toJS())); } catch { continue; }
    for (const doc of docs) {
      if (doc?.apiVersion === 'scaffolder.backstage.io/v1beta3' && doc.kind === 'Template' && Array.isArray(doc.spec?.steps))
        yield { name: path.join(path.basename(root), name), root, template: doc, folder: path.dirname(path.join(root, name)) };
    }
  }
}

/* ---- values that their parameters allow */

const WORDS = { email: 'jane@example.com', uri: 'https://example.com/x', date: '2026-01-02', 'date-time': '2026-01-02T03:04:05Z' };
function text(name, s) {
  if (s['ui:field'] === 'RepoUrlPicker') return `${s['ui:options']?.allowedHosts?.[0] ?? 'github.com'}?owner=acme&repo=shop`;
  if (/Owner|Group/.test(s['ui:field'] ?? '')) return 'group:default/team-a';
  if (s['ui:field'] === 'EntityPicker') return 'component:default/shop';
  const tries = [WORDS[s.format], s.examples?.[0], 'shop', 'my-shop-1', 'Shop', '8080', '1.0.0', '1', 'com.example.shop', 'https://example.com/x', 'jane@example.com', '10.0.0.0/24', 'a'.repeat(12), '123456789012', '0f8fad5b-d9cb-469f-a165-70867728950e', name];
  const good = t => typeof t === 'string' && t.length >= (s.minLength ?? 0) && t.length <= (s.maxLength ?? 1e9) && (!s.pattern || matches(s.pattern, t));
  return tries.find(good) ?? 'shop';
}
function matches(pattern, t) {
  try { return new RegExp(pattern).test(t); } catch { return true; }
}
function fits(s, v) {
  if (s.enum && !s.enum.includes(v)) return false;
  if (s.type === 'string') return typeof v === 'string' && matches(s.pattern ?? '', v) && v.length >= (s.minLength ?? 0);
  return !(s.type === 'integer' || s.type === 'number') || typeof v === 'number';
}
function value(name, s, depth = 0) {
  if (typeof s !== 'object' || s === null || depth > 8) return undefined;
  if (s.default !== undefined && fits(s, s.default)) return s.default;
  if (s.const !== undefined) return s.const;
  if (s.enum?.length) return s.enum[0];
  const first = s.oneOf?.[0] ?? s.anyOf?.[0];
  if (first && !s.properties && !s.type) return value(name, first, depth + 1);
  switch (Array.isArray(s.type) ? s.type[0] : s.type ?? (s.properties ? 'object' : 'string')) {
    case 'boolean': return true;
    case 'integer': case 'number': return Math.min(Math.max(3, s.minimum ?? 3), s.maximum ?? 1e9);
    case 'array': return s.items ? Array.from({ length: Math.min(Math.max(1, s.minItems ?? 1), s.maxItems ?? 9) }, () => value(name, s.items, depth + 1)) : [];
    case 'object': return values(s, depth + 1);
    case 'null': return null;
    default: return text(name, s);
  }
}
function values(page, depth = 0) {
  const out = {};
  for (const [name, s] of Object.entries(page.properties ?? {})) {
    const v = value(name, s, depth);
    if (v !== undefined) out[name] = v;
  }
  for (const [key, rule] of Object.entries(page.dependencies ?? {})) { // what a choice brings with it
    const of = rule.oneOf?.find(r => [r.properties?.[key]].some(p => p?.enum?.includes(out[key]) || p?.const === out[key])) ?? (rule.properties ? rule : null);
    if (of) Object.assign(out, { ...values({ properties: Object.fromEntries(Object.entries(of.properties ?? {}).filter(([k]) => k !== key)) }, depth + 1) });
  }
  for (const part of page.allOf ?? []) Object.assign(out, values(part.then ?? part, depth + 1));
  return out;
}
const pages = template => [template.spec.parameters ?? []].flat();

/*
 * Steps that fetch from beside the template, wherever in the repository that is, and just what they fetch: a dry run takes one folder and ten
 * megabytes.
 */
function localized(root, folder, steps) {
  const directoryContents = [];
  const put = (to, file) => directoryContents.push({ path: to, base64Content: fs.readFileSync(file).toString('base64') });
  return {
    directoryContents,
    steps: steps.map((step, i) => {
      const url = step.input?.url, from = typeof url === 'string' && path.resolve(folder, url);
      if (!from || !/^fetch:/.test(step.action) || (from !== root && !from.startsWith(`${root}/`)) || !fs.existsSync(from)) return step;
      const to = `from${i}`;
      if (fs.statSync(from).isDirectory()) for (const f of files(from)) put(path.join(to, f), path.join(from, f));
      else put(path.join(to, path.basename(from)), from);
      return { ...step, input: { ...step.input, url: fs.statSync(from).isDirectory() ? `./${to}` : `./${to}/${path.basename(from)}` } };
    }),
  };
}

/* ---- asking both */

async function ask(base, method, where, body) {
  let answer;
  try { answer = await fetch(new URL(where, base), { method, headers: body ? { 'content-type': 'application/json' } : {}, body: body && JSON.stringify(body), signal: AbortSignal.timeout(120000) }); }
  catch (e) { return { status: 0, json: null, said: `no answer: ${e.cause?.code ?? e.message}` }; } // a body that is too big is not read to its end
  const said = await answer.text();
  try { return { status: answer.status, json: JSON.parse(said) }; } catch { return { status: answer.status, json: null, said }; }
}
const actionsOf = async base => new Set((await ask(base, 'GET', '/api/scaffolder/v2/actions')).json.map(a => a.id));

const tree = answer => Object.fromEntries((answer.json.directoryContents ?? []).map(f => [f.path, `${f.executable ? 'x' : '-'} ${f.base64Content}`]));
const remote = step => /^[a-z+]+:\/\//.test(String(step.input?.url ?? '')) || /\$\{\{/.test(String(step.input?.url ?? ''));

// What neither runs in a dry run: its input may stand on a step that was left out.
const skipped = new Set(['catalog:register', 'debug:wait']);
const sum = { templates: 0, whole: 0, same: 0, files: 0, bothRefuse: 0, different: 0 };
const left = {};
const both = [await actionsOf(opt.backstage), await actionsOf(opt.callboard)];

function shown(bytes) {
  return bytes === undefined ? '(none)' : JSON.stringify(Buffer.from(bytes.slice(2), 'base64').toString().slice(0, 300));
}
const message = a => (a.json?.error?.message ?? JSON.stringify(a.json?.errors ?? a.said)?.slice(0, 300) ?? '').split('\n')[0];

for (const root of folders) {
  for (const { name, template, folder } of templates(root)) {
    if (opt.only && !name.includes(opt.only)) continue;
    const steps = template.spec.steps.filter(s => !skipped.has(s.action)), taken = steps.filter(s => both.every(set => set.has(s.action)) && !remote(s));
    for (const s of steps) if (!taken.includes(s)) left[s.action] = (left[s.action] ?? 0) + 1;
    sum.templates++;
    if (taken.length === steps.length) sum.whole++;
    const { directoryContents, steps: local } = localized(root, folder, taken);
    const body = { template: { ...template, spec: { ...template.spec, steps: local } }, values: Object.assign({}, ...pages(template).map(p => values(p))), secrets: {}, directoryContents };
    const [theirs, ours] = [await ask(opt.backstage, 'POST', '/api/scaffolder/v2/dry-run', body), await ask(opt.callboard, 'POST', '/api/scaffolder/v2/dry-run', body)];
    const differences = [];
    if (theirs.status !== 200 && ours.status !== 200) {
      sum.bothRefuse++;
      console.log(`refused    ${name}: ${message(theirs)} | ${message(ours)}`);
      continue;
    }
    if (theirs.status !== ours.status) differences.push(`status ${theirs.status} ${message(theirs)}\n             ours   ${ours.status} ${message(ours)}`);
    else {
      const [a, b] = [tree(theirs), tree(ours)];
      for (const f of new Set([...Object.keys(a), ...Object.keys(b)])) {
        sum.files++;
        if (a[f] !== b[f]) differences.push(`${f}: ${a[f]?.slice(0, 1)} ${shown(a[f])}\n             ours   ${b[f]?.slice(0, 1)} ${shown(b[f])}`);
      }
      if (JSON.stringify(theirs.json.output) !== JSON.stringify(ours.json.output)) differences.push(`output ${JSON.stringify(theirs.json.output)}\n             ours   ${JSON.stringify(ours.json.output)}`);
    }
    if (differences.length) sum.different++;
    else sum.same++;
    console.log(`${differences.length ? 'DIFFERENT ' : 'same      '} ${name}${taken.length < steps.length ? ` (${taken.length} of ${steps.length} steps)` : ''}`);
    for (const d of differences.slice(0, opt.verbose ? 50 : 3)) console.log(`             theirs ${d}`);
  }
}
console.log(`\n${sum.templates} templates, ${sum.whole} with all their steps; ${sum.same} gave the same ${sum.files} files and output, ${sum.bothRefuse} were refused by both, ${sum.different} differ`);
console.log(`left out: ${Object.entries(left).sort((a, b) => b[1] - a[1]).map(([a, n]) => `${a} ${n}`).join(', ')}`);
process.exit(sum.different ? 1 : 0);
