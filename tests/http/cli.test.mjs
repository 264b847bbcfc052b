// The command line as its user meets it: answers, exit statuses, sentences. One server stands behind those that need one.
import { test, before, after } from 'node:test';
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { binary, missing, root, startServer } from '../support/server.mjs';
import { Repo, component, documents } from '../support/repo.mjs';

const opts = { skip: missing, timeout: 120_000 };
let server, repo;

function callboard(...args) {
  const { status, stdout, stderr } = spawnSync(binary(), args, { encoding: 'utf8', timeout: 60_000, cwd: os.tmpdir() });
  return { status, out: stdout, err: stderr };
}
const asked = (...args) => callboard(...args, '--config', server.config);

before(async () => {
  if (missing) return;
  repo = new Repo({
    'catalog-info.yaml': documents(
      component('shop', { extra: '  dependsOn: [component:cart, component:nobody]\n  system: retail\n' }),
      component('cart', { owner: 'team-b' }),
      'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-a}\nspec: {type: team, children: []}\n'),
  });
  server = await startServer({ sources: [`git: ${repo.dir}`] });
});
after(async () => {
  await server?.stop();
  repo?.remove();
});

test('help says what there is, and every command has its own', opts, () => {
  const all = callboard('--help');
  assert.equal(all.status, 0);
  for (const name of ['serve', 'check', 'sync', 'query', 'graph', 'token', 'migrate', 'import', 'compare', 'template']) {
    assert.match(all.out, new RegExp(`^  ${name} `, 'm'));
    const one = callboard(name, '--help');
    assert.equal(one.status, 0, name);
    assert.match(one.out, new RegExp(`^usage: callboard ${name}`));
  }
  assert.match(callboard('--version').out, /^callboard \d+\.\d+/);
});

test('a mistake on the command line is exit status 2 and a sentence on stderr', opts, () => {
  for (const args of [[], ['bogus'], ['check'], ['check', '--nonsense', '.'], ['check', '-o', 'xml', '.'], ['graph'], ['token'], ['query', '--limit'], ['serve', 'operand'],
    ['serve', '--listen', 'nowhere']]) {
    const { status, out, err } = callboard(...args);
    assert.equal(status, 2, `${args.join(' ')}: ${err}`);
    assert.equal(out, '');
    assert.match(err, /callboard/);
  }
});

test('query answers as a table, as JSON, as YAML, as a count, as facets', opts, () => {
  const table = asked('query', 'kind=component', '--order', 'metadata.name');
  assert.equal(table.status, 0, table.err);
  assert.deepEqual(table.out.trim().split('\n').map(l => l.split(/\s+/)[0]), ['REF', 'component:default/cart', 'component:default/shop']);
  assert.match(table.err, /2 of 2/);
  const json = JSON.parse(asked('query', '-o', 'json', 'metadata.name=shop').out);
  assert.equal(json[0].spec.system, 'retail');
  assert.deepEqual(JSON.parse(asked('query', '-o', 'json', '-f', 'metadata.name', 'kind=group').out), [{ metadata: { name: 'team-a' } }]);
  assert.match(asked('query', '-o', 'yaml', 'metadata.name=shop').out, /^ {4}name: shop$/m);
  assert.equal(asked('query', '--count', 'kind=component').out, '2\n');
  assert.match(asked('query', '--facet', 'spec.owner').out, /spec\.owner +team-b +1/);
  assert.equal(asked('query', '--text', 'SHO', '--count').out, '1\n');
  assert.equal(asked('query', 'kind=nothing').status, 1, 'nothing matches: the answer is no');
  assert.equal(asked('query', '=x').status, 2);
});

test('graph shows the neighbours, and marks those that nobody has registered', opts, () => {
  const table = asked('graph', 'shop');
  assert.equal(table.status, 0, table.err);
  assert.match(table.out, /component:default\/shop +dependsOn +component:default\/cart/);
  assert.match(table.out, /component:default\/nobody +\(missing\)/);
  const json = JSON.parse(asked('graph', '-o', 'json', '--direction', 'in', '--relation', 'dependencyOf', 'component:default/cart').out);
  assert.deepEqual(json.nodes.map(n => n.ref).sort(), ['component:default/cart', 'component:default/shop']);
  assert.equal(asked('graph', 'component:default/none').status, 1);
  assert.equal(asked('graph', '--depth', '9', 'shop').status, 2);
  assert.equal(asked('graph', '--relation', 'likes', 'shop').status, 2);
});

test('graph tells who breaks, ways, rings and what is missing; and draws each', opts, () => {
  const impact = asked('graph', 'cart', 'impact');
  assert.equal(impact.status, 0, impact.err);
  assert.match(impact.out, /^1 +component:default\/shop +dependsOn +component:default\/cart/m);
  assert.match(impact.err, /1 of 1 entities/);
  assert.deepEqual(JSON.parse(asked('graph', 'shop', 'needs', '-o', 'json').out).items.map(i => i.ref), ['component:default/cart', 'component:default/nobody']);
  const path = JSON.parse(asked('graph', 'path', 'shop', 'cart', '-o', 'json').out);
  assert.deepEqual(path.paths[0].edges, [{ from: 'component:default/shop', to: 'component:default/cart', type: 'dependsOn' }]);
  assert.match(asked('graph', 'path', 'shop', 'cart').out, /^1 +component:default\/shop +dependsOn +component:default\/cart/m);
  assert.equal(asked('graph', 'path', 'cart', 'shop', '--direction', 'out').status, 1, 'no way: the answer is no');
  const cycles = asked('graph', 'cycles');
  assert.equal(cycles.status, 0, cycles.err);
  assert.match(cycles.err, /0 of 0 rings/);
  assert.match(asked('graph', 'dangling', '--kind', 'component').out, /^component:default\/nobody +component:default\/shop +dependsOn/m);
  assert.match(asked('graph', 'dangling', '-o', 'yaml').out, /^references: /m);
  for (const args of [['shop'], ['shop', 'needs'], ['dangling']]) {
    const { out } = asked('graph', ...args, '-o', 'dot');
    assert.match(out, /^digraph callboard \{\n[^]*\}\n$/);
    assert.match(out, /^  "component:default\/shop" -> "component:default\/nobody" \[label="depend(sOn|encyOf)"\];$|^  "component:default\/nobody" -> "component:default\/shop" \[label="dependencyOf"\];$/m);
    assert.match(out, /^  "component:default\/nobody" \[style=dashed\];$/m);
  }
  for (const args of [['shop', 'breaks'], ['path', 'shop'], ['shop', 'impact', '--depth', '65'], ['cycles', '--limit', '101'], ['dangling', '--relation', 'likes'], ['cycles', '--direction', 'up']])
    assert.equal(asked('graph', ...args).status, 2, args.join(' '));
});

test('sync has a source read now and says what came of it', opts, async () => {
  const run = (...args) => new Promise(resolve => execFile(binary(), args, { timeout: 60_000 }, (error, out, err) => resolve({ status: error?.code ?? 0, out, err })));
  const all = await run('sync', '--config', server.config);
  assert.equal(all.status, 0, all.err);
  assert.match(all.out, /3 entities/);
  assert.equal(JSON.parse((await run('sync', '-o', 'json', '--config', server.config)).out)[0].entities, 3);
  assert.equal((await run('sync', 'repo', '--config', server.config)).status, 0, 'by the last part of its URL');
  assert.equal((await run('sync', 'nobody', '--config', server.config)).status, 1);
  fs.renameSync(repo.dir, `${repo.dir}.away`);
  const failed = await run('sync', '--config', server.config);
  fs.renameSync(`${repo.dir}.away`, repo.dir);
  assert.equal(failed.status, 1);
  assert.match(failed.out, /failed: /);
});

test('a token is shown once, works, is listed without its secret, and is nobody once revoked', opts, async () => {
  const made = asked('token', 'create', 'ci', '--user', 'jane', '--role', 'editor', '--expires', '1h');
  assert.equal(made.status, 0, made.err);
  const token = made.out.trim();
  assert.match(token, /^cb_[\w-]{43}$/);
  const session = async () => server.get('/api/session', { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await session()).json.user.ref, 'user:default/jane');
  const [row] = JSON.parse(asked('token', 'list', '-o', 'json').out);
  assert.equal(row.name, 'ci');
  assert.ok(!asked('token', 'list').out.includes(token));
  assert.equal(asked('token', 'revoke', String(row.id)).status, 0);
  await server.until('the refusal', async () => (await session()).status === 401);
  assert.equal(asked('token', 'revoke', '999').status, 1);
  assert.equal(asked('token', 'create', 'x', '--user', 'group:default/a').status, 2);
  assert.equal(asked('token', 'create', 'x').status, 2);
});

test('migrate lists and checks', opts, () => {
  assert.match(asked('migrate', '--list').out, /^0001_/);
  assert.equal(asked('migrate', '--check').status, 0);
  assert.match(asked('migrate').out, /^0 migrations applied/);
});

test('a command that needs a callboard says so when none runs', opts, () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-none-'));
  const { status, err } = callboard('query', '--data-dir', dir);
  fs.rmSync(dir, { recursive: true });
  assert.equal(status, 3);
  assert.match(err, /callboard serve/);
});

test('check gives file:line:col: message for people, JSON for programs, and exit status 1', opts, () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-check-'));
  try {
    const write = (name, text) => {
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), text);
    };
    write('catalog-info.yaml', documents(component('one'), component('two')));
    assert.deepEqual(callboard('check', dir), { status: 0, out: '', err: '1 file, 2 entities, 0 problems\n' });
    write('b/catalog-info.yaml', documents(component('bad').replace('name: bad', 'name: "a b"'), component('one')));
    const { status, out } = callboard('check', '-q', dir);
    assert.equal(status, 1);
    const lines = out.trim().split('\n');
    assert.match(lines[0], new RegExp(`^${dir}/b/catalog-info\\.yaml:4:\\d+: error: .*metadata\\.name`));
    assert.ok(lines.some(l => l.includes('name-conflict') && l.includes('catalog-info.yaml:')), out);
    const json = JSON.parse(callboard('check', '-o', 'json', path.join(dir, 'b/catalog-info.yaml')).out);
    assert.equal(json.problems[0].line, 4);
    assert.equal(json.problems[0].entityRef ?? '', json.problems[0].entityRef ?? '');
    write('c.yaml', 'apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: l}\nspec: {targets: [./nowhere.yaml, ./catalog-info.yaml]}\n');
    assert.match(callboard('check', path.join(dir, 'c.yaml')).out, /c\.yaml:4:\d+: error: .*nowhere\.yaml/);
    write('broken.yaml', 'a: [\n---\n' + component('fine'));
    assert.match(callboard('check', path.join(dir, 'broken.yaml')).out, /broken\.yaml:\d+:\d+: error: .*yaml-syntax/);
    assert.equal(callboard('check', path.join(dir, 'none.yaml')).status, 3);
    write('empty/readme.md', '');
    assert.equal(callboard('check', path.join(dir, 'empty')).status, 3, 'a folder without descriptors is a mistake, not a pass');
  } finally {
    fs.rmSync(dir, { recursive: true });
  }
});

test('a configuration with a mistake is refused with its line, and no secret is printed', opts, () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-config-')), 'callboard.yaml');
  const says = text => {
    fs.writeFileSync(file, text);
    const { status, err } = callboard('serve', '--config', file);
    assert.equal(status, 2, err);
    return err;
  };
  assert.match(says('listen: 127.0.0.1:0\nlisten_on: x\n'), /callboard\.yaml:2:1: unknown key "listen_on"/);
  assert.match(says('http:\n  threads: many\n'), /callboard\.yaml:2:\d+: http\.threads must be a whole number from 0 to 64/);
  assert.match(says('sources:\n  - git: a\n    file: b\n'), /callboard\.yaml:3:\d+: a source has git or file, not both/);
  assert.match(says('sources: [{git: /a}, {git: /a}]\n'), /the same source stands in line 1/);
  assert.match(says('database: ${CALLBOARD_NO_SUCH}\n'), /the environment has no CALLBOARD_NO_SUCH/);
  assert.match(says('integrations: [{host: h, type: cvs}]\n'), /type must be github/);
  assert.match(says('rules: [Component]\n'), /rules/);
  assert.match(says('a: [\n'), /callboard\.yaml:\d+:\d+: /);
  fs.rmSync(path.dirname(file), { recursive: true });
});

test('docs/configuration.md has the table that the program prints', opts, () => {
  const { out, status } = callboard('serve', '--options');
  assert.equal(status, 0);
  assert.ok(fs.readFileSync(path.join(root, 'docs/configuration.md'), 'utf8').includes(out), 'callboard serve --options > its end');
});
