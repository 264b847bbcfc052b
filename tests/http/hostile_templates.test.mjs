// What a template gets that would read the machine, leave its workspace, go on for ever, or tell its secret.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';

const it = (name, fn) => test(name, { skip: missing, timeout: 120_000 }, fn);
const V2 = '/api/scaffolder/v2';
const SECRET = 'a-token-nobody-may-see';
let server;
before(async () => {
  if (missing) return;
  server = await startServer({ catalog: { 'all.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-a}\nspec: {type: team, children: []}\n---\napiVersion: scaffolder.backstage.io/v1beta3\nkind: Template\nmetadata: {name: rests}\nspec: {type: x, owner: team-a, steps: [{id: rest, action: "debug:wait", input: {seconds: 13}}]}\n' }, config: `scaffolder: {secrets_key: ${'0123456789abcdef'.repeat(4)}}` });
  await server.until('the plugin is ready', async () => (await server.get(`${V2}/actions`)).json.length > 0);
});
after(async () => { if (server) await server.stop(); });

// A dry run of STEPS; files lie beside the template.
async function dry(steps, { files = {}, values = {}, secrets = {} } = {}) {
  const since = Date.now();
  const answer = await server.post(`${V2}/dry-run`, {
    template: { apiVersion: 'scaffolder.backstage.io/v1beta3', kind: 'Template', metadata: { name: 'hostile' }, spec: { type: 'x', owner: 'x', steps } },
    values, secrets, directoryContents: Object.entries(files).map(([p, text]) => ({ path: p, base64Content: Buffer.from(text).toString('base64') })),
  });
  assert.ok(Date.now() - since < 20_000, 'it was stopped in time');
  assert.ok(!answer.text.includes('root:x:0'), 'nothing of the machine is in the answer');
  assert.ok(!answer.text.includes(Buffer.from('root:x:0').toString('base64').slice(0, 10)), 'not in base64 either');
  return answer;
}
async function refused(status, sentence, steps, opts) {
  const answer = await dry(steps, opts);
  assert.equal(answer.status, status, answer.text.slice(0, 500));
  assert.match(answer.json.error.message, sentence);
}
const saying = message => [{ id: 's', action: 'debug:log', input: { message } }];

it('a file of the machine is not fetched, whatever it is called', async () => {
  for (const action of ['fetch:plain', 'fetch:template', 'fetch:plain:file', 'fetch:template:file'])
    for (const url of ['/etc/passwd', 'file:///etc/passwd', '../../../../../../etc/passwd', './x/../../../../etc/passwd', 'file:/etc', '/etc'])
      await refused(403, /outside its parent$|does not lie beside the template$/, [{ id: 'f', action, input: { url, targetPath: 'x' } }], { files: { 'a.txt': 'a' } });
});

it('no expression reads a file or a variable of the process', async () => {
  for (const text of ["{% include '/etc/passwd' %}", "{% import '/etc/passwd' as p %}${{ p }}", "${{ range.constructor('return process.env')() }}", "${{ ''.constructor.constructor('return 1')() }}", "${{ require('fs').readFileSync('/etc/passwd') }}", '${{ process.env.HOME }}x', "${{ '/etc/passwd' | readFile }}"]) {
    const answer = await dry(saying(text));
    if (answer.status === 200) assert.match(answer.json.log.map(l => l.body.message).join('\n'), /"message": "(x|)?"|^\{\}/m, text);
    else assert.match(answer.json.error.message, /\w/);
  }
});

it('nothing is written outside of the workspace', async () => {
  const name = path.join('/tmp', `callboard-escape-${process.pid}`);
  for (const filePath of [name, `../../..${name}`, `x/../../../../../..${name}`])
    await refused(403, /^Relative path is not allowed to refer to a directory outside its parent$/, [{ id: 'w', action: 'catalog:write', input: { entity: { metadata: { name: 'x' } }, filePath } }]);
  await refused(403, /outside its parent/, [{ id: 'f', action: 'fetch:template', input: { url: './s', values: { up: '../../../..' } } }], { files: { 's/${{ values.up }}/tmp/x': 'x' } });
  assert.ok(!fs.existsSync(name));
});

it('what goes on for ever is stopped with a sentence that says where', async () => {
  const endless = ['{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}', '{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}', "{% set x = 'aaaaaaaa' %}{% for i in range(64) %}{% set x = x ~ x %}{% endfor %}${{ x | length }}", "${{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaX' | replace(r/^(a+)+$/, '') }}"];
  for (const text of endless) {
    const answer = await dry(saying(text));
    assert.equal(answer.status, 400, answer.text);
    assert.match(answer.json.error.message, /message:1:\d+: \w/);
    const file = await dry([{ id: 'f', action: 'fetch:template', input: { url: './s' } }], { files: { 's/x.txt': text } });
    assert.equal(file.status, 400, file.text);
    assert.match(file.json.error.message, /x\.txt:1:\d+: \w/);
  }
});

it('a million comparisons of megabytes end with a sentence, too', async () => {
  const long = 'a'.repeat(3_000_000);
  for (const op of ['p.s == p.t', 'p.s < p.t', 'p.s | wordcount', '{a: 1}[p.s]']) {
    const answer = await dry(saying(`{% set p = parameters %}{% for i in range(190000) %}{% if ${op} %}{% endif %}{% endfor %}`), { values: { s: long, t: long } });
    assert.equal(answer.status, 400, answer.text.slice(0, 300));
    assert.match(answer.json.error.message, /message:1:\d+: it (computes for more than [58] s|takes more than)/, op);
  }
});

it('who renders for as long as he may ends nobody else\'s run', async () => {
  const { id } = (await server.post(`${V2}/tasks`, { templateRef: 'rests', values: {} })).json;
  await server.until('it runs', async () => (await server.get(`${V2}/tasks/${id}`)).json.status === 'processing');
  const answer = await server.post('/api/plugins/templates/render', { templates: Array(900).fill({ at: 'x', value: '{% for i in range(150000) %}${{ i * i }}{% endfor %}', as: 'condition' }) });
  assert.equal(answer.status, 504, answer.text);
  await server.until('it has ended', async () => ['completed', 'failed'].includes((await server.get(`${V2}/tasks/${id}`)).json.status), 30_000);
  assert.equal((await server.get(`${V2}/tasks/${id}`)).json.status, 'completed', 'the process of both was not killed');
});

it('a secret that a template prints, writes into a file or asks for is stars in the log', async () => {
  const answer = await dry([...saying('it is ${{ secrets.token }}'), { id: 'w', action: 'catalog:write', input: { entity: { metadata: { name: 'x', title: '${{ secrets.token }}' } } } }, { id: 'l', action: 'debug:log', input: { listWorkspace: 'with-contents' } }], { secrets: { token: SECRET } });
  assert.equal(answer.status, 200, answer.text.slice(0, 500));
  assert.ok(!JSON.stringify(answer.json.log).includes(SECRET));
  assert.match(JSON.stringify(answer.json.log), /it is \*\*\*/);
});

it('a secret is stars in the name of a file, and its half at the end of a line that was too long', async () => {
  const entity = { metadata: { name: 'x' } };
  const named = await dry([{ id: 'w', action: 'catalog:write', input: { entity, filePath: 'is-${{ secrets.token }}.yaml' } }], { secrets: { token: SECRET } });
  assert.equal(named.status, 200, named.text);
  assert.ok(!named.text.includes(SECRET));
  assert.deepEqual(named.json.directoryContents.map(f => f.path), ['is-***.yaml']);
  for (let more = 0; more < SECRET.length; more++) { // wherever the line ends
    const long = await dry(saying(`\${{ '${'y'.repeat(8000 - SECRET.length + more)}' }}\${{ secrets.token }}`), { secrets: { token: SECRET } });
    assert.equal(long.status, 200, long.text.slice(0, 300));
    for (const l of long.json.log) assert.doesNotMatch(l.body.message, /ya|nobody|may-see/);
    assert.equal(long.json.log.map(l => l.body.message).join('').replaceAll(/[^y]/g, '').length >= 8000 - SECRET.length + more, true, 'nothing else is lost');
  }
});

it('a step reads of callboard what every reader may, and no more', async () => {
  const ask = (method, path, more = {}) => [{ id: 'a', action: 'http:backstage:request', input: { method, path, ...more } }];
  assert.equal((await dry(ask('GET', '/catalog/entities/by-name/group/default/team-a'))).status, 200);
  for (const path of ['/tokens', '/../tokens', 'api/tokens', '/api/tokens?x=1'])
    await refused(502, /Unable to complete request: /, ask('GET', path));
  const sent = await dry(ask('POST', '/catalog/locations', { headers: { authorization: 'Bearer x' }, body: { type: 'url', target: 'https://x.example' } }));
  assert.match(JSON.stringify(sent.json.log), /A dry run changes nothing: POST \/api\/catalog\/locations was not sent/);
});
