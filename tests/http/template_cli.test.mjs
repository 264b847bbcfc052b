// callboard template: which there are, a run followed to its end, and a template of this machine tried out and tested without a server.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { binary, missing, root, startServer } from '../support/server.mjs';
import { object } from '../plugin/host.mjs';

const it = (name, fn) => test(name, { skip: missing, timeout: 120_000 }, fn);
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-template-'));
fs.chmodSync(dir, 0o755);
const put = (name, text) => {
  fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
  fs.writeFileSync(path.join(dir, name), text);
  return path.join(dir, name);
};
const template = steps => `apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: make, title: Make one}
spec:
  type: service
  owner: team-a
  parameters: {required: [name], properties: {name: {type: string, maxLength: 5}}}
  output: {links: [{title: Made, url: 'https://x.test/\${{ parameters.name }}'}]}
  steps: ${JSON.stringify(steps)}
`;
const steps = [
  { id: 'w', action: 'test:write', input: { path: 'README.md', text: '# ${{ parameters.name }}\n' } },
  { id: 'say', action: 'test:echo', input: { message: 'for ${{ parameters.name }} by ${{ secrets.token }}' } },
];

let server, config;
before(async () => {
  if (missing) return;
  put('plugins/templates.so', fs.readFileSync(object('engine')));
  config = put('callboard.yaml', `data_dir: ${dir}/var\nplugins: {directory: ${dir}/plugins}\n`);
  put('t/template.yaml', template(steps));
  server = await startServer({ catalog: { 'all.yaml': `${template(steps)}---\n${template([{ id: 'bad', action: 'test:fail', input: { message: 'it broke' } }]).replace('name: make', 'name: bad')}` }, config: `plugins: {directory: ${dir}/plugins}\nscaffolder: {secrets_key: ${'ab'.repeat(32)}}` });
  await server.until('the plugin is ready', async () => (await server.get('/api/scaffolder/v2/actions')).json.length > 0);
});
after(async () => {
  await server?.stop();
  fs.rmSync(dir, { recursive: true, force: true });
});
const template_ = (...args) => {
  const { status, stdout, stderr } = spawnSync(binary(), ['template', ...args], { encoding: 'utf8', timeout: 90_000, env: { ...process.env, CALLBOARD_DATABASE: '', LSAN_OPTIONS: `suppressions=${root}/tests/support/lsan.supp:print_suppressions=0` } });
  return { status, out: stdout, err: stderr };
};
const served = (...args) => template_(...args, '--url', server.url);
const values = (text = 'name: shop') => put('values.yaml', text);

it('list has the templates of the catalog', () => {
  const { status, out, err } = served('list');
  assert.equal(status, 0, err);
  assert.match(out, /^TEMPLATE +TITLE +TYPE +OWNER\ntemplate:default\/bad +Make one +service +team-a\ntemplate:default\/make /);
  assert.equal(JSON.parse(served('list', '-o', 'json').out).length, 2);
});

it('run follows a run to its end, and says how it ended', () => {
  const { status, out, err } = served('run', 'make', '-f', values(), '--secrets', put('secrets.json', '{"token": "hidden-one"}'));
  assert.equal(status, 0, err);
  assert.match(out, /\[say\] for shop by \*\*\*\n/);
  assert.match(out, /Run completed with status: completed\nMade: https:\/\/x\.test\/shop\n$/);
  const failed = served('run', 'bad', '-f', values());
  assert.deepEqual([failed.status, failed.err], [1, 'callboard template: it broke\n']);
  const json = JSON.parse(served('run', 'make', '-f', values(), '-o', 'json').out);
  assert.deepEqual([json.status, json.steps.map(s => s.status), json.end.output.links[0].url], ['completed', ['completed', 'completed'], 'https://x.test/shop']);
  assert.match(served('run', 'make', '-f', values(), '--no-wait').out, /^[0-9a-f-]{36}\n$/);
});

it('values that do not keep to the form, and what is not there, are exit status 1 or 2', () => {
  const wrong = served('run', 'make', '-f', values('name: much-too-long'));
  assert.deepEqual([wrong.status, wrong.err], [1, 'callboard template: the values do not keep to the template: instance.name does not meet maximum length of 5\n']);
  assert.equal(served('run', 'nope').status, 1);
  assert.equal(served('run', 'make', '-f', '/nowhere.yaml').status, 2);
  assert.equal(template_('nonsense').status, 2);
  assert.equal(template_('run', 'make', '--url', 'http://127.0.0.1:1').status, 3);
});

it('dry-run tries a template of this machine, without a server', () => {
  const { status, out, err } = template_('dry-run', path.join(dir, 't'), '-f', values(), '-c', config, '--diff');
  assert.equal(status, 0, err);
  assert.match(out, /\n {2}README\.md\n/);
  assert.match(out, /\+# shop\n/);
  assert.match(out, /Made: https:\/\/x\.test\/shop\n$/);
  const json = JSON.parse(template_('dry-run', path.join(dir, 't/template.yaml'), '-f', values(), '-c', config, '-o', 'json').out);
  assert.deepEqual(json.directoryContents, [{ path: 'README.md', executable: false, base64Content: Buffer.from('# shop\n').toString('base64') }]);
  const bad = template_('dry-run', path.join(dir, 't'), '-f', values('name: much-too-long'), '-c', config);
  assert.deepEqual([bad.status, bad.err], [1, 'callboard template: the values do not keep to the template: instance.name does not meet maximum length of 5\n']);
  assert.equal(template_('dry-run', config, '-c', config).status, 2);
  assert.deepEqual(fs.readdirSync(os.tmpdir()).filter(n => n.startsWith('callboard-try-')), []);
});

it('test runs the cases beside a template, and shows what is otherwise', () => {
  put('t/tests/good.yaml', 'values: {name: shop}\noutput: {links: [{title: Made, url: "https://x.test/shop"}]}\n');
  put('t/tests/good/README.md', '# shop\n');
  put('t/tests/long.yaml', 'values: {name: much-too-long}\nerror: maximum length of 5\n');
  put('t/tests/named.yaml', 'values: {name: x}\nfiles: {README.md: "# x\\n", gone.txt: null}\n');
  const well = template_('test', path.join(dir, 't'), '-c', config);
  assert.deepEqual([well.status, well.out], [0, 'ok   good\nok   long\nok   named\n3 passed, 0 failed\n'], well.err);
  put('t/tests/good/README.md', '# other\n');
  put('t/tests/good/more.txt', 'more');
  put('t/tests/named.yaml', 'values: {name: x}\nfiles: {README.md: null}\n');
  const bad = template_('test', path.join(dir, 't'), '-c', config);
  assert.equal(bad.status, 1);
  assert.match(bad.out, /FAIL good\n {4}README\.md is not what was expected\n[^]*-# other\n\+# shop\n {4}more\.txt is missing\nok {3}long\nFAIL named\n {4}README\.md was not expected\n1 passed, 2 failed\n$/);
  assert.equal(template_('test', path.join(dir, 't'), '-c', config, '--update').status, 1);
  assert.equal(fs.readFileSync(path.join(dir, 't/tests/good/README.md'), 'utf8'), '# shop\n');
  assert.equal(template_('test', path.join(dir, 'plugins'), '-c', config).status, 2);
});
