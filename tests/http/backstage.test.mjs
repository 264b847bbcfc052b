// Coming from Backstage: what `callboard import` takes over, and what `callboard compare` says of two catalogs.
import { after, before, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { binary, missing, startServer } from '../support/server.mjs';
import { component, documents } from '../support/repo.mjs';
import { startBackstage } from '../fakes/backstage/server.mjs';

const opts = { skip: missing, timeout: 120_000 };
let dir, server;

const callboard = (...args) => new Promise(resolve => {
  const child = spawn(binary(), args, { cwd: dir, env: { ...process.env, GITHUB_TOKEN: 'gh-s3cret', GITEA_PASSWORD: 'gt-s3cret' } });
  let out = '', err = '';
  child.stdout.on('data', chunk => (out += chunk));
  child.stderr.on('data', chunk => (err += chunk));
  child.on('close', status => resolve({ status, out, err, get json() { return JSON.parse(out); } }));
});
const write = (name, text) => {
  const file = path.join(dir, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
};

const catalog = {
  'all.yaml': documents(
    component('shop', { extra: '  dependsOn: [component:cart]\n  system: retail\n' }).replace('  name: shop\n', '  name: shop\n  tags: [go, web]\n'),
    component('cart', { description: 'what was put aside' }),
    'apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: team-a}\nspec: {type: team, children: []}\n',
    'apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: retail}\nspec: {owner: team-a}\n'),
};

before(async () => {
  if (missing) return;
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-bs-'));
  server = await startServer({ catalog });
});
after(async () => {
  await server?.stop();
  if (dir) fs.rmSync(dir, { recursive: true, force: true });
});

describe('import of an app-config', opts, () => {
  const base = `
integrations:
  github:
    - {host: github.com, token: "\${GITHUB_TOKEN}"}
    - {host: ghe.example.com, apiBaseUrl: https://ghe.example.com/api/v3, apps: [{appId: 1}]}
  gitlab: [{host: gl.example.com, baseUrl: https://gl.example.com/git, token: {$file: ./gl.token}}]
  gitea: [{host: git.example.com, username: bot, password: {$env: GITEA_PASSWORD}}]
  gerrit: [{host: gerrit.example.com}]
catalog:
  processingInterval: {minutes: 5}
  rules:
    - allow: [Component, API, {kind: Template, spec.type: service}]
    - {allow: [Group, User], locations: [{type: url, pattern: https://github.com/acme/org/**}]}
  locations:
    - {type: url, target: https://github.com/acme/shop/blob/main/catalog-info.yaml}
    - {type: url, target: https://github.com/acme/shop/blob/main/apis/*/catalog-info.yaml}
    - {type: url, target: https://gl.example.com/git/g/s/r/-/blob/dev/x.yaml, rules: [{allow: [Group]}]}
    - {type: file, target: ../../examples/org.yaml}
    - {type: file, target: nowhere.yaml}
    - {type: github-discovery, target: https://github.com/acme}
    - {type: url, target: https://unknown.example.com/a/b/blob/main/c.yaml}
  providers:
    githubOrg: {id: prod}
    homemade: {}
`;

  before(() => {
    if (!dir) return;
    write('bs/app-config.yaml', base);
    write('bs/app-config.production.yaml', 'catalog:\n  locations:\n    $include: more/locations.yaml#the.list\nintegrations:\n  github: [{host: github.com, token: "${GITHUB_TOKEN:-none}"}]\n');
    write('bs/more/locations.yaml', 'the:\n  list:\n    - {type: url, target: "https://github.com/acme/${REPO:-fallback}/blob/main/c.yaml"}\n');
    write('bs/examples/org.yaml', '');
    write('bs/packages/backend/src/index.ts', '');
  });

  it('locations become sources, of one repository and branch one; integrations and rules come along; secrets stay references', opts, async () => {
    const { status, json, out } = await callboard('import', '--from', 'bs/app-config.yaml', '-o', 'json');
    assert.equal(status, 1, 'something could not be taken');
    const c = json.configuration;
    assert.deepEqual(c.sources, [
      { git: 'https://github.com/acme/shop.git', branch: 'main', paths: ['catalog-info.yaml', 'apis/*/catalog-info.yaml'] },
      { git: 'https://gl.example.com/git/g/s/r.git', branch: 'dev', paths: ['x.yaml'], rules: { allow: ['Group'] } },
      { file: fs.realpathSync(path.join(dir, 'bs/examples/org.yaml')) },
    ]);
    assert.deepEqual(c.integrations[0], { host: 'github.com', type: 'github', token: '${GITHUB_TOKEN}' });
    assert.deepEqual(c.integrations[2], { host: 'gl.example.com', type: 'gitlab', clone: 'https://gl.example.com/git/', token: `file:${path.join(dir, 'bs/gl.token')}` });
    assert.deepEqual(c.integrations[3], { host: 'git.example.com', type: 'gitea', username: 'bot', token: '${GITEA_PASSWORD}' });
    assert.equal(c.rules.length, 2);
    assert.ok(!out.includes('gh-s3cret'));
  });

  it('what could not come along has a reason and a remedy', opts, async () => {
    const { json } = await callboard('import', 'bs/app-config.yaml', '-o', 'json');
    const could = Object.fromEntries(json.items.filter(i => i.fate === 'could not').map(i => [i.subject, i.as]));
    assert.match(could['nowhere.yaml'], /no such file/);
    assert.match(could['github-discovery:https://github.com/acme'], /processor/);
    assert.match(could['https://unknown.example.com/a/b/blob/main/c.yaml'], /unknown\.example\.com/);
    assert.match(could.githubOrg, /Groups and Users/);
    assert.match(could.homemade, /no provider of that name/);
    assert.match(could.gerrit, /type: git/);
    assert.match(could['github ghe.example.com'], /apps are not taken/);
    assert.equal(json.items.find(i => i.subject === 'catalog.processingInterval').fate, 'needless');
  });

  it('providers of GitHub, GitLab and Gitea become organisations of the plugin forge', opts, async () => {
    write('bs/providers.yaml', `integrations:
  github: [{host: github.com, token: "\${GITHUB_TOKEN}"}]
  gitlab: [{host: gl.example.com, baseUrl: https://gl.example.com/git, token: "\${GL}"}]
catalog:
  providers:
    github:
      one: {organization: Acme, catalogPath: /.backstage/x.yaml, filters: {repository: '^shop-.*$', topic: {include: [prod]}, allowForks: false, branch: trunk}, schedule: {frequency: PT30M}}
      two: {organization: other, host: ghe.example.com, filters: {repository: 'a|b', visibility: [public]}}
    githubOrg: {id: prod, githubUrl: https://github.com, orgs: [acme]}
    gitlab: {all: {host: gl.example.com, group: g/s, orgEnabled: true, skipForkedRepos: true, projectPattern: '[\\s\\S]*'}}
    gitea: {x: {organization: lab, host: git.example.com}}
`);
    const { json } = await callboard('import', 'bs/providers.yaml', '-o', 'json'), rows = Object.fromEntries(json.items.map(i => [i.subject, i]));
    assert.deepEqual(json.configuration.plugins.forge.organizations, [
      { name: 'acme', type: 'github', organization: 'Acme', token: '${GITHUB_TOKEN}', people: { enabled: true },
        repositories: { enabled: true, descriptors: ['.backstage/x.yaml'], branch: 'trunk', forks: false, archived: false, topics: ['prod'], include: ['shop-*'] } },
      { name: 'other', type: 'github', url: 'https://ghe.example.com', organization: 'other', repositories: { enabled: true, forks: true, archived: false }, people: { enabled: false } },
      { name: 'g-s', type: 'gitlab', url: 'https://gl.example.com/git', organization: 'g/s', token: '${GL}', repositories: { enabled: true, forks: false, archived: false }, people: { enabled: true } },
      { name: 'lab', type: 'gitea', url: 'https://git.example.com', organization: 'lab', repositories: { enabled: true, forks: true }, people: { enabled: false } },
    ]);
    assert.deepEqual(['github.one', 'githubOrg', 'gitlab.all', 'gitea.x'].map(s => rows[s].fate), ['taken', 'taken', 'taken', 'taken']);
    assert.match(rows['github.two.filters.repository'].as, /regular expression/);
    assert.match(rows['github.two.filters.visibility'].as, /token/);
    assert.equal(rows['gitlab.all.projectPattern'], undefined);
    const file = write('callboard.yaml', 'listen: 127.0.0.1:7999\n');
    await callboard('import', 'bs/providers.yaml', '--write', file);
    const again = await callboard('import', 'bs/providers.yaml', '--write', file, '-o', 'json');
    assert.equal(again.json.items.find(i => i.subject === 'gitea.x').fate, 'there');
    assert.equal(again.json.configuration.plugins.forge.organizations.length, 4);
  });

  it('several files are merged as Backstage merges them: maps joined, lists replaced; includes and defaults', opts, async () => {
    const { json } = await callboard('import', '--from', 'bs/app-config.yaml', 'bs/app-config.production.yaml', '-o', 'json');
    assert.deepEqual(json.configuration.sources.map(s => s.git), ['https://github.com/acme/fallback.git']);
    assert.deepEqual(json.configuration.integrations.map(i => i.host), ['github.com', 'gl.example.com', 'git.example.com']);
    assert.equal(json.configuration.integrations[0].token, '${GITHUB_TOKEN}');
  });

  it('--write makes a callboard.yaml that callboard takes; a second time changes nothing; what was there stays', opts, async () => {
    const file = write('callboard.yaml', '# mine\nlisten: 127.0.0.1:7999\nsources:\n  - {file: ./own.yaml}\n');
    assert.equal((await callboard('import', 'bs/app-config.yaml', '--write', file, '--dry-run')).status, 1);
    assert.match(fs.readFileSync(file, 'utf8'), /^# mine/, '--dry-run writes nothing');
    await callboard('import', 'bs/app-config.yaml', '--write', file);
    const text = fs.readFileSync(file, 'utf8');
    assert.match(text, /own\.yaml/);
    assert.match(text, /acme\/shop\.git/);
    assert.match(fs.readFileSync(`${file}.before`, 'utf8'), /^# mine/);
    const { mtimeMs } = fs.statSync(file);
    const again = await callboard('import', 'bs/app-config.yaml', '--write', file, '-o', 'json');
    assert.equal(fs.statSync(file).mtimeMs, mtimeMs);
    assert.ok(again.json.items.every(i => i.fate !== 'taken'), JSON.stringify(again.json.items.filter(i => i.fate === 'taken')));
    write('bs/gl.token', 'gl\n');
    const asked = await callboard('query', '--config', file, '--data-dir', path.join(dir, 'var'));
    assert.doesNotMatch(asked.err, /callboard\.yaml:\d+:\d+:/, 'the configuration itself is right');
  });

  it('a mistake is said with file and line', opts, async () => {
    write('bad.yaml', 'catalog:\n  locations: [\n');
    const { status, err } = await callboard('import', 'bad.yaml');
    assert.equal(status, 2);
    assert.match(err, /bad\.yaml:\d+:\d+:/);
    write('loop.yaml', 'catalog: {$include: loop.yaml}\n');
    assert.match((await callboard('import', 'loop.yaml')).err, /deeper than 8/);
    assert.equal((await callboard('import')).status, 2);
    assert.equal((await callboard('import', 'none.yaml')).status, 2);
  });
});

describe('import of a running Backstage', opts, () => {
  const locations = [
    { id: '1', type: 'url', target: 'https://github.com/acme/shop/blob/main/catalog-info.yaml' },
    { id: '2', type: 'url', target: 'https://github.com/acme/docs/blob/main/catalog-info.yaml' },
  ];

  it('its registered locations become sources, or are registered here, once', opts, async () => {
    const bs = await startBackstage({ locations, token: 'bs-t0ken', busy: 1 });
    try {
      const without = await callboard('import', '--from', bs.url);
      assert.equal(without.status, 3);
      assert.match(without.err, /--token/);
      const sources = await callboard('import', '--from', `${bs.url}/api/catalog/`, '--token', 'bs-t0ken', '-o', 'json');
      assert.equal(sources.status, 0, sources.err);
      assert.equal(sources.json.configuration.sources.length, 2);
      const token = write('token', 'bs-t0ken\n');
      const ask = (...more) => callboard('import', '--from', bs.url, '--token', `file:${token}`, '--to', server.url, '-o', 'json', ...more);
      assert.deepEqual((await ask('--dry-run')).json.items.map(i => i.fate), ['taken', 'taken']);
      assert.equal((await server.get('/api/catalog/locations')).json.filter(l => /acme/.test(l.data.target)).length, 0);
      assert.deepEqual((await ask()).json.items.map(i => i.fate), ['taken', 'taken']);
      assert.deepEqual((await ask()).json.items.map(i => i.fate), ['there', 'there']);
      const mine = (await server.get('/api/catalog/locations')).json.filter(l => /acme/.test(l.data.target));
      assert.equal(mine.length, 2);
      for (const l of mine) await server.get(`/api/catalog/locations/${l.data.id}`, { method: 'DELETE' });
    } finally {
      await bs.close();
    }
  });

  it('nobody there, something else there, and an answer that is no list', opts, async () => {
    assert.equal((await callboard('import', '--from', 'http://127.0.0.1:1')).status, 3);
    const bs = await startBackstage({ answer: () => [200, '<html>'] });
    try {
      const { status, err } = await callboard('import', '--from', bs.url);
      assert.equal(status, 3);
      assert.match(err, /is this the back end/);
    } finally {
      await bs.close();
    }
  });
});

describe('compare', opts, () => {
  const entities = async () => (await server.get('/api/catalog/entities')).json.map(e => JSON.parse(JSON.stringify(e)));
  const compare = async (change, ...more) => {
    const all = await entities();
    const bs = await startBackstage({ entities: change(all) ?? all });
    try {
      return await callboard('compare', bs.url, '--with', server.url, '-o', 'json', ...more);
    } finally {
      await bs.close();
    }
  };
  const find = (all, name) => all.find(e => e.metadata.name === name);

  it('the same catalog is equal, whatever uid, etag and the order of relations', opts, async () => {
    const { status, json, err } = await compare(all => {
      for (const e of all) {
        e.metadata.uid = 'another';
        e.metadata.etag = 'another';
        e.relations?.reverse();
      }
      all.reverse();
    });
    assert.equal(status, 0, err);
    assert.equal(json.verdict, 'equal', JSON.stringify(json.items));
    assert.equal(json.common, (await entities()).length);
    assert.ok(json.questions >= 20);
  });

  it('two callboards of the same files are equal', opts, async () => {
    const other = await startServer({ catalog });
    try {
      const { status, json } = await callboard('compare', other.url, '--with', server.url, '-o', 'json', '--seed', '7');
      assert.equal(status, 0, JSON.stringify(json.items));
      assert.equal(json.differences, 0);
      assert.match((await callboard('compare', other.url, '-c', server.config)).out, /0 differences, \d+ known deviations\n$/);
    } finally {
      await other.stop();
    }
  });

  it('a field, a tag, a relation that differ are named, with both sides', opts, async () => {
    const { status, json } = await compare(all => {
      find(all, 'cart').metadata.description = 'something else';
      find(all, 'cart').spec.extra = 1;
      find(all, 'shop').metadata.tags = ['go'];
      find(all, 'shop').relations = find(all, 'shop').relations.filter(r => r.type !== 'partOf');
    });
    assert.equal(status, 1);
    assert.equal(json.verdict, 'differs');
    const at = (which, field) => json.items.find(i => i.which === which && i.field === field);
    assert.deepEqual([at('component:default/cart', 'metadata.description').theirs, at('component:default/cart', 'metadata.description').ours], ['"something else"', '"what was put aside"']);
    assert.equal(at('component:default/cart', 'spec.extra').ours, '-');
    assert.ok(at('component:default/shop', 'metadata.tags'));
    assert.match(json.items.find(i => i.what === 'relation').ours, /partOf system:default\/retail/);
    assert.ok(json.items.some(i => i.what === 'facet' && i.which === 'metadata.tags' && i.field === 'web'));
  });

  it('a missing entity has the reason of explain; one that only we have is said', opts, async () => {
    const { status, json } = await compare(all => {
      const extra = structuredClone(find(all, 'cart'));
      extra.metadata.name = 'not-here';
      return [...all.filter(e => e.metadata.name !== 'retail'), extra];
    });
    assert.equal(status, 1);
    const gone = json.items.find(i => i.what === 'missing');
    assert.equal(gone.which, 'component:default/not-here');
    assert.ok(gone.why.length > 10 && !/ask \/api/.test(gone.why), gone.why);
    assert.equal(json.items.find(i => i.what === 'extra').which, 'system:default/retail');
  });

  it('what differs on purpose is known, and is no difference: where it was read from, and what Backstage hides', opts, async () => {
    const place = await compare(all => { for (const e of all) e.metadata.annotations['backstage.io/managed-by-location'] = 'url:https://x/y.yaml'; });
    assert.equal(place.status, 0, place.out);
    assert.equal(place.json.verdict, 'equal, but for known deviations');
    const broken = await startServer({ catalog: { ...catalog, 'all.yaml': `${catalog['all.yaml']}---\nkind: Nonsense\n` } });
    const bs = await startBackstage({ entities: [] });
    try {
      const { status, json } = await callboard('compare', bs.url, '--with', broken.url, '-o', 'json');
      assert.ok(json.items.filter(i => i.what === 'extra' && !/generated-/.test(i.which)).every(i => i.known && /hides it/.test(i.why)), JSON.stringify(json.items));
      assert.equal(status, 0);
    } finally {
      await bs.close();
      await broken.stop();
    }
  });

  it('it is bounded: requests, time; and what cannot be asked is exit status 3', opts, async () => {
    const few = await compare(all => all, '--requests', '2');
    assert.equal(few.status, 3);
    assert.match(few.err, /--requests/);
    assert.equal((await callboard('compare', 'http://127.0.0.1:1', '--with', server.url)).status, 3);
    assert.equal((await callboard('compare', 'nowhere', '--with', server.url)).status, 2);
    assert.equal((await callboard('compare')).status, 2);
    const only = await compare(all => all, '--filter', 'kind=component');
    assert.equal(only.json.theirs, 2);
  });
});
