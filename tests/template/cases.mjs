// Skeletons and inputs of fetch:template whose trees a real Backstage has made: recorded.json.
//
//   node tests/template/cases.mjs --record URL     asks the Backstage at URL (scaffolder backend 4.2.0), by its dry run
//
// tests/plugin/templates-recorded.test.mjs holds callboard to them. A folder's files: {path: text or Buffer}.
import fs from 'node:fs';
import path from 'node:path';

const here = path.dirname(new URL(import.meta.url).pathname);
export const file = path.join(here, 'recorded.json');
const V = { name: 'shop', title: 'The "Shop" & more', owner: 'group:default/team-a', port: 8080, ratio: 0.5, on: true, off: false, none: null, empty: '', tags: ['a', 'b', 'c'],
  deep: { er: { est: [1, { x: 'y' }] } }, path: 'src/main', html: '<b>&</b>' };

const MIXED = {
  'README.md': '# ${{ values.title }}\n\n{% for t in values.tags %}- ${{ loop.index }}. ${{ t }}\n{% endfor %}{# gone #}end\n',
  '${{ values.name }}/${{ values.path }}/App.java': 'package ${{ values.path | replace("/", ".") }};\n',
  '.github/workflows/ci.yaml': 'on: push\nname: ${{ values.name }}\nif: ${{ "${{ github.ref }}" }}\n',
  '.dotfile': '${{ values.owner | parseEntityRef | pick("name") }}\n',
  'a.b/c d/é.txt': 'ünï ${{ values.html }}\r\nwindows\r\n',
  'empty.txt': '', 'plain.txt': 'nothing to {{ see }} here\n', 'image.png': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
  'deploy/values.yaml': 'replicas: ${{ values.port // 1000 }}\nname: {{ .Values.name }}\nall: ${{ values | dump }}\n',
};

export const cases = [
  { name: 'all sorts of files', files: MIXED, input: {} },
  { name: 'into a folder', files: MIXED, input: { targetPath: './out/../to/here' } },
  { name: 'copied as they are', files: MIXED, input: { copyWithoutTemplating: ['.github/**', '*.md', 'deploy'] } },
  { name: 'copied but for some', files: { 'a.txt': '${{ values.name }}', 'b.txt': '${{ values.name }}', 'c/a.txt': '${{ values.name }}' }, input: { copyWithoutTemplating: ['**/*.txt', '!a.txt'] } },
  { name: 'taken away first', files: { 'a.txt': '${{ values.name }}', 'b.txt': '${{ values.name }}' }, input: { copyWithoutTemplating: ['!a.txt', '*.txt'] } },
  { name: 'braces and classes', files: Object.fromEntries(['a1', 'a2', 'b1', 'c1', '.a1'].map(n => [n, '${{ values.name }}'])), input: { copyWithoutTemplating: ['[ab]1', '{c,d}1'] } },
  { name: 'extended patterns', files: Object.fromEntries(['ab', 'abab', 'ac', 'x.js', 'x.ts', 'x.css'].map(n => [n, '${{ values.name }}'])), input: { copyWithoutTemplating: ['+(ab)', 'x.!(js)'] } },
  { name: 'a folder named by its path', files: { 'd/a': '${{ values.name }}', 'd/e/b': '${{ values.name }}', c: '${{ values.name }}' }, input: { copyWithoutTemplating: ['d'] } },
  { name: 'a folder named with a slash', files: { 'd/a': '${{ values.name }}', 'd/e/b': '${{ values.name }}', c: '${{ values.name }}' }, input: { copyWithoutTemplating: ['d/'] } },
  { name: 'a pattern with a dot in front', files: { 'd/a': '${{ values.name }}', c: '${{ values.name }}' }, input: { copyWithoutTemplating: ['./c', './d/*'] } },
  { name: 'a question mark', files: { ab: '${{ values.name }}', a: '${{ values.name }}', 'é': '${{ values.name }}' }, input: { copyWithoutTemplating: ['?'] } },
  { name: 'globstar in the middle', files: { 'a/x': '${{ values.name }}', 'a/b/x': '${{ values.name }}', 'a/b/c/x': '${{ values.name }}', x: '${{ values.name }}' }, input: { copyWithoutTemplating: ['a/**/x'] } },
  { name: 'a star does not pass a slash', files: { 'a/b/x': '${{ values.name }}', 'a/x': '${{ values.name }}' }, input: { copyWithoutTemplating: ['a/*'] } },
  { name: 'copyWithoutRender', files: { a: '${{ values.name }}' }, input: { copyWithoutRender: ['a'] } },
  { name: 'extension', files: { 'a.njk': '${{ values.name }}', 'b.txt.njk': '${{ values.name }}', 'c.txt': '${{ values.name }}', 'd.njk/e': '${{ values.name }}', '.njk': '${{ values.name }}', '${{ values.name }}.njk': 'x' }, input: { templateFileExtension: true } },
  { name: 'another extension', files: { 'a.tmpl': '${{ values.name }}', 'a.njk': '${{ values.name }}', 'b.tmpl.tmpl': '${{ values.name }}' }, input: { templateFileExtension: 'tmpl' } },
  { name: 'paths left out', files: { 'x${{ values.empty }}/a': '1', '${{ values.empty }}': '2', 'y/${{ values.empty }}/b': '3', 'z/${{ "" if values.off else "in" }}': '4', '${{ values.off }}/c': '5', '${{ values.none }}/d': '6' }, input: {} },
  { name: 'paths that make folders', files: { '${{ values.path }}.txt': '1', '${{ values.name }}-${{ values.port }}': '2' }, input: {} },
  { name: 'white space kept', files: { a: 'x\n  {% if values.on %}\n  y\n  {% endif %}\nz {%- if values.on -%} w {%- endif %}\n' }, input: {} },
  { name: 'white space trimmed', files: { a: 'x\n  {% if values.on %}\n  y\n  {% endif %}\nz\n\t{# c #}\n${{ 1 }}\n' }, input: { trimBlocks: true, lstripBlocks: true } },
  { name: 'only trimmed behind', files: { a: 'x\n  {% if values.on %}\n  y\n  {% endif %}\nz\n' }, input: { trimBlocks: true } },
  { name: 'only trimmed in front', files: { a: 'x\n  {% if values.on %}\n  y\n  {% endif %}\nz\n' }, input: { lstripBlocks: true } },
  { name: 'cookiecutter', files: { '{{cookiecutter.name}}/a': '{{ cookiecutter.title }} ${{ cookiecutter.name }} {{ cookiecutter.tags | jsonify }}{% if cookiecutter.on == True %}yes{% endif %}', b: '{% for k, v in cookiecutter.items() %}{{ k }} {% endfor %}' }, input: { cookiecutterCompat: true } },
  { name: 'what is a text and what is none', files: { pdf: '%PDF-1.4 ${{ values.name }}', bom: '\ufeff${{ values.name }}', control: '\x01\x02\x03\x04\x05 ${{ values.name }}', tab: 'a\tb\x0b\x0c ${{ values.name }}' }, input: {} },
  { name: 'no values', files: { a: '[${{ values.name }}]' }, input: { values: undefined } },
  { name: 'every type of value', files: Object.fromEntries(Object.keys(V).map(k => [k, `\${{ values.${k} }}|\${{ values.${k} | dump }}`])), input: {} },
];

if (process.argv[2] === '--record') {
  const recorded = {};
  for (const { name, files, input } of cases) {
    const template = { apiVersion: 'scaffolder.backstage.io/v1beta3', kind: 'Template', metadata: { name: 'x' }, spec: { type: 'x', owner: 'x', parameters: [], steps: [
      { id: 'f', action: 'fetch:template', input: { url: './skeleton', ...input, values: undefined } }] } };
    // values with ${{ }} in them would be rendered before the step: they come as a parameter
    if (!('values' in input)) template.spec.steps[0].input.values = '${{ parameters.values }}';
    const body = { template, values: { values: V }, secrets: {}, directoryContents: Object.entries(files).map(([p, text]) => ({ path: `skeleton/${p}`, base64Content: Buffer.from(text).toString('base64') })) };
    const answer = await fetch(new URL('/api/scaffolder/v2/dry-run', process.argv[3]), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const json = await answer.json();
    if (answer.status !== 200) throw new Error(`${name}: ${JSON.stringify(json).slice(0, 500)}`);
    recorded[name] = Object.fromEntries(json.directoryContents.map(f => [f.path, f.base64Content]).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  fs.writeFileSync(file, `${JSON.stringify(recorded, null, 1)}\n`);
}
export const values = V;
