// Webhooks: a forge says that something was pushed. Who may say so, what it starts, and what it never does.
// Sources here are asked every hour, so that whatever is seen sooner is a webhook's doing.
import { after, before, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { missing, request, root, sleep, startServer } from '../support/server.mjs';
import { component } from '../support/repo.mjs';
import { Repository } from '../fakes/git-http/repository.mjs';
import { startGitHttp } from '../fakes/git-http/server.mjs';

const run = promisify(execFile);
const secret = { github: 'gh-s3cret', gitlab: 'gl-token', gitea: 'gt-s3cret', bitbucket: 'bb-s3cret', generic: 'any-s3cret', host: 'of-one-host' };
const signing = `whsec_${Buffer.from('a key of thirty-two bytes, about').toString('base64')}`;
const hmac = (key, text, how = 'hex') => createHmac('sha256', key).update(text).digest(how);
const now = () => Math.floor(Date.now() / 1000);

let dir, git, server, setup;
const repos = {};

before(async () => {
  if (missing) return;
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-hooks-'));
  git = await startGitHttp({ root: dir });
  for (const name of ['acme/shop.git', 'acme/docs.git', 'team/other.git']) {
    repos[name] = new Repository(path.join(dir, name));
    repos[name].commit({ 'catalog-info.yaml': component(path.basename(name, '.git'), { description: 'first' }) });
  }
  repos['acme/shop.git'].git('branch', 'next');
  const row = (name, branch) => `git: ${git.url}/${name}\n${branch ? `branch: ${branch}\n` : ''}interval: 1h`;
  setup = {
    sources: [row('acme/shop.git', 'main'), row('acme/docs.git'), row('team/other.git', 'main')],
    config: `
integrations:
  - {host: 127.0.0.1:${git.port}, type: gitea, clone: ${git.url}/, webhook_secret: ${secret.host}}
  - {host: elsewhere.example.com, type: gitea, webhook_secret: of-elsewhere}
webhooks:
  github: [an-older-one, ${secret.github}]
  gitlab: [${secret.gitlab}, ${signing}]
  gitea: ${secret.gitea}
  bitbucket: ${secret.bitbucket}
  generic: ${secret.generic}
  body_max: 64KiB
`,
  };
  server = await startServer(setup);
});

after(async () => {
  await server?.stop();
  await git?.close();
  if (dir) fs.rmSync(dir, { recursive: true, force: true });
});

const opts = { skip: missing, timeout: 120_000 };
const url = (name, base = git.url) => `${base}/${name}`;
const nonce = () => randomUUID();

// What each forge sends for a push to BRANCH of NAME, signed with KEY; `mess` may spoil it before it goes.
const forges = {
  github: {
    path: '/api/webhooks/github',
    body: (name, branch) => ({ ref: `refs/heads/${branch}`, before: '0'.repeat(40), after: nonce(), repository: { full_name: name.replace('.git', ''), clone_url: url(name), default_branch: 'main' } }),
    headers: (key, text) => ({ 'x-github-event': 'push', 'x-github-delivery': nonce(), 'x-hub-signature-256': `sha256=${hmac(key, text)}` }),
    signature: 'x-hub-signature-256',
  },
  gitlab: {
    path: '/api/webhooks/gitlab',
    body: (name, branch) => ({ object_kind: 'push', ref: `refs/heads/${branch}`, after: nonce(), project: { git_http_url: url(name), web_url: url(name).replace('.git', ''), default_branch: 'main' } }),
    headers: key => ({ 'x-gitlab-event': 'Push Hook', 'idempotency-key': nonce(), 'x-gitlab-token': key }),
    signature: 'x-gitlab-token',
  },
  gitea: {
    path: '/api/webhooks/gitea',
    body: (name, branch) => ({ ref: `refs/heads/${branch}`, before: 'a', after: nonce(), repository: { html_url: url(name).replace('.git', ''), default_branch: 'main' } }),
    headers: (key, text) => ({ 'x-gitea-event': 'push', 'x-gitea-delivery': nonce(), 'x-gitea-signature': hmac(key, text) }),
    signature: 'x-gitea-signature',
  },
  bitbucket: {
    path: '/api/webhooks/bitbucket',
    body: (name, branch) => ({ push: { changes: [{ new: { type: 'branch', name: branch, target: { hash: nonce() } }, old: null }] }, repository: { links: { html: { href: url(name).replace('.git', '') } } } }),
    headers: (key, text) => ({ 'x-event-key': 'repo:push', 'x-request-uuid': nonce(), 'x-hub-signature': `sha256=${hmac(key, text)}` }),
    signature: 'x-hub-signature',
  },
  generic: {
    path: '/api/webhooks/generic',
    body: (name, branch) => ({ repository: url(name), branch }),
    headers: (key, text, { at = now(), id = nonce() } = {}) =>
      ({ 'x-callboard-timestamp': String(at), 'x-callboard-nonce': id, 'x-callboard-signature': `sha256=${hmac(key, `${at}.${id}.${text}`)}` }),
    signature: 'x-callboard-signature',
  },
};

async function send(forge, { name = 'acme/shop.git', branch = 'main', key = secret[forge], body, headers = {}, to = server, ...more } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? forges[forge].body(name, branch));
  const all = { 'content-type': 'application/json', ...forges[forge].headers(key, text, more), ...headers };
  for (const [k, v] of Object.entries(all)) if (v === undefined) delete all[k];
  return request(to.port, forges[forge].path, { method: 'POST', body: text, headers: all });
}

async function count(forge, result, of = server) {
  const { text } = await of.get('/metrics');
  return Number(new RegExp(`^callboard_webhooks_total\\{forge="${forge}",result="${result}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0);
}

const description = async (name, of = server) =>
  (await of.get(`/api/catalog/entities/by-name/component/default/${name}`)).json.metadata?.description;

let commits = 0;
function commit(name = 'acme/shop.git', branch = 'main') {
  const text = `commit ${++commits}`;
  repos[name].commit({ 'catalog-info.yaml': component(path.basename(name, '.git'), { description: text }) }, { branch });
  return text;
}

for (const forge of Object.keys(forges)) {
  describe(forge, opts, () => {
    it('a push that is signed well is visible at once, and the answer says what is read', opts, async () => {
      const text = commit();
      const began = Date.now();
      const answer = await send(forge);
      assert.equal(answer.status, 202, answer.text);
      assert.equal(answer.json.result, 'nudged');
      assert.deepEqual(answer.json.branches, ['main']);
      assert.deepEqual(answer.json.sources.map(s => [s.url, s.branch]), [[url('acme/shop.git'), 'main']]);
      await server.until('the commit', async () => (await description('shop')) === text, 10_000);
      console.log(`# ${forge}: visible ${Date.now() - began} ms after the webhook`);
    });

    it('a wrong signature, another body under it, and none at all are refused and counted', opts, async () => {
      const [forged, unsigned] = [await count(forge, 'forged'), await count(forge, 'unsigned')];
      const wrong = await send(forge, { key: 'not-it' });
      assert.equal(wrong.status, 401);
      assert.match(wrong.json.error.message, /signature|secret/);
      assert.ok(!wrong.text.includes(secret[forge]));
      const none = await send(forge, { headers: { [forges[forge].signature]: undefined } });
      assert.equal(none.status, 401);
      assert.match(none.json.error.message, /not signed/);
      assert.equal((await send(forge, { headers: { [forges[forge].signature]: 'nonsense' } })).status, 401);
      if (forge !== 'gitlab') {
        const text = JSON.stringify(forges[forge].body('acme/shop.git', 'main'));
        const answer = await request(server.port, forges[forge].path, { method: 'POST', body: `${text} `, headers: { 'content-type': 'application/json', ...forges[forge].headers(secret[forge], text) } });
        assert.equal(answer.status, 401, 'a blank more is another body');
      }
      assert.equal(await count(forge, 'forged'), forged + (forge === 'gitlab' ? 2 : 3));
      assert.equal(await count(forge, 'unsigned'), unsigned + 1);
    });

    it('the same delivery again is refused and counted, and starts nothing', opts, async () => {
      const text = JSON.stringify(forges[forge].body('acme/shop.git', 'main'));
      const headers = { 'content-type': 'application/json', ...forges[forge].headers(secret[forge], text) };
      const ask = more => request(server.port, forges[forge].path, { method: 'POST', body: text, headers: { ...headers, ...more } });
      const before = await count(forge, 'replay');
      assert.equal((await ask()).status, 202);
      const again = await ask();
      assert.equal(again.status, 409, again.text);
      assert.match(again.json.error.message, /taken before/);
      const id = Object.keys(headers).find(k => /delivery|request-uuid|idempotency/.test(k));
      if (id) {
        const renamed = await ask({ [id]: nonce() });
        assert.equal(renamed.json.result, 'replay', 'the id is not signed: the same bytes under another one are known too');
        assert.deepEqual(renamed.json.sources, []);
      }
      assert.equal(await count(forge, 'replay'), before + (id ? 2 : 1));
    });

    it('a push to a branch or repository that nobody reads is taken, and says that nothing is to do', opts, async () => {
      const branch = await send(forge, { branch: 'feature/x' });
      assert.equal(branch.status, 202, branch.text);
      assert.equal(branch.json.result, 'nothing');
      assert.match(branch.json.message, /branch/);
      const repository = await send(forge, { name: 'acme/unknown.git' });
      assert.equal(repository.status, 202);
      assert.match(repository.json.message, /repository/);
      assert.deepEqual(repository.json.sources, []);
    });

    it('a body over the limit is 413, one of the limit is not', opts, async () => {
      const pad = n => ' '.repeat(n);
      const text = JSON.stringify(forges[forge].body('acme/unknown.git', 'main'));
      assert.equal((await send(forge, { body: text + pad(65536 - text.length) })).status, 202);
      const over = await send(forge, { body: text + pad(65537 - text.length) });
      assert.equal(over.status, 413);
      assert.match(over.json.error.message, /webhooks\.body_max/);
      assert.equal(await count(forge, 'oversized'), 1);
    });

    it('what is no JSON, or no push, is said', opts, async () => {
      for (const body of ['{"ref":', '[]', '"x"', '', '{"a":1,"a":2}', '\xff'.repeat(3)]) {
        const answer = await send(forge, { body });
        assert.equal(answer.status, 400, `${JSON.stringify(body)}: ${answer.text}`);
      }
      assert.ok(await count(forge, 'invalid') >= 6);
    });
  });
}

describe('what a push is about', opts, () => {
  it('whatever the spelling of the URL: https, ssh, with .git and without, case, a page', opts, async () => {
    const host = `127.0.0.1:${git.port}`;
    const spellings = [`http://${host}/acme/shop`, `http://${host}/ACME/Shop.git`, `http://jane:pw@${host}/acme/shop.git/`, `https://${host}/acme/shop.git`,
      'git@127.0.0.1:acme/shop.git', 'ssh://git@127.0.0.1:2222/acme/shop'];
    for (const repository of spellings) {
      const answer = await send('generic', { body: { repository, ref: 'refs/heads/main' } });
      assert.equal(answer.json.result, 'nudged', `${repository}: ${answer.text}`);
      assert.equal(answer.json.sources.length, 1);
    }
  });

  it('a source without a branch reads the default one, as the payload says it', opts, async () => {
    assert.equal((await send('github', { name: 'acme/docs.git' })).json.result, 'nudged');
    assert.equal((await send('github', { name: 'acme/docs.git', branch: 'next' })).json.result, 'nothing');
  });

  it('a tag moves nothing, a ping is 200, any other event is taken and ignored', opts, async () => {
    const tag = await send('github', { body: { ...forges.github.body('acme/shop.git', 'x'), ref: 'refs/tags/main' } });
    assert.deepEqual([tag.status, tag.json.result], [202, 'ignored']);
    const ping = await send('github', { body: { zen: 'Keep it logically awesome.' }, headers: { 'x-github-event': 'ping' } });
    assert.deepEqual([ping.status, ping.json.result], [200, 'ping']);
    assert.equal((await send('bitbucket', { body: { test: true }, headers: { 'x-event-key': 'diagnostics:ping' } })).status, 200);
    assert.equal((await send('generic', { body: { event: 'ping' } })).status, 200);
    const star = await send('github', { body: { repository: {} }, headers: { 'x-github-event': 'star' } });
    assert.deepEqual([star.status, star.json.result], [202, 'ignored']);
  });

  it('a deleted branch, a repository deleted or renamed: everything that reads it looks', opts, async () => {
    const gone = await send('github', { body: { ...forges.github.body('acme/shop.git', 'main'), deleted: true } });
    assert.equal(gone.json.result, 'nudged');
    const deleted = await send('gitea', { body: { action: 'deleted', repository: { clone_url: url('acme/shop.git') }, id: nonce() }, headers: { 'x-gitea-event': 'repository' } });
    assert.equal(deleted.json.result, 'nudged', deleted.text);
    const renamed = await send('github', {
      headers: { 'x-github-event': 'repository' },
      body: { action: 'renamed', changes: { repository: { name: { from: 'shop' } } }, repository: { full_name: 'acme/store', html_url: url('acme/store') }, id: nonce() },
    });
    assert.equal(renamed.json.result, 'nudged', 'by its old name, which the source still has');
    const made = await send('github', { headers: { 'x-github-event': 'repository' }, body: { action: 'created', repository: { html_url: url('acme/brand-new') } } });
    assert.equal(made.json.result, 'nothing');
    const gitlab = await send('gitlab', {
      headers: { 'x-gitlab-event': 'System Hook', 'x-gitlab-instance': git.url },
      body: { event_name: 'project_rename', path_with_namespace: 'acme/store', old_path_with_namespace: 'acme/shop', id: nonce() },
    });
    assert.equal(gitlab.json.result, 'nudged', gitlab.text);
  });

  it('GitHub\'s form is read as its JSON is, and signed over its bytes as they are', opts, async () => {
    const text = `payload=${encodeURIComponent(JSON.stringify(forges.github.body('acme/shop.git', 'main')))}`;
    const answer = await send('github', { body: text, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(answer.json.result, 'nudged', answer.text);
    assert.equal((await send('github', { body: 'x=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status, 400);
  });
});

describe('secrets and time', opts, () => {
  it('any secret of a list will do, so that one can be changed without a gap', opts, async () => {
    assert.equal((await send('github', { key: 'an-older-one' })).status, 202);
  });

  it('the secret of an integration is good for its own host alone', opts, async () => {
    assert.equal((await send('gitea', { key: secret.host })).json.result, 'nudged');
    assert.equal((await send('gitea', { key: 'of-elsewhere' })).json.result, 'nothing');
  });

  it('GitLab\'s signing token: over id, time and body, within five minutes', opts, async () => {
    const body = JSON.stringify(forges.gitlab.body('acme/shop.git', 'main'));
    const headers = (at, id = nonce(), key = Buffer.from(signing.slice(6), 'base64')) => ({
      'content-type': 'application/json', 'x-gitlab-event': 'Push Hook', 'webhook-id': id, 'webhook-timestamp': String(at),
      'webhook-signature': `v1,${hmac('another', 'x', 'base64')} v1,${hmac(key, `${id}.${at}.${body}`, 'base64')}`,
    });
    const ask = h => request(server.port, '/api/webhooks/gitlab', { method: 'POST', body, headers: h });
    const id = nonce();
    assert.equal((await ask(headers(now(), id))).status, 202);
    assert.equal((await ask(headers(now(), id))).status, 409);
    assert.equal((await ask(headers(now(), nonce(), 'not-it'))).status, 401);
    assert.equal((await ask({ ...headers(now()), 'webhook-timestamp': String(now() + 1) })).status, 401, 'the time is signed');
    const stale = await ask(headers(now() - 310));
    assert.equal(stale.status, 401);
    assert.match(stale.json.error.message, /another time/);
    assert.equal((await ask({ ...headers(now(), nonce(), 'not-it'), 'x-gitlab-token': secret.gitlab })).status, 401, 'no way round a wrong signature');
  });

  it('the generic one: five minutes and no more, early or late, and a nonce that is plain', opts, async () => {
    assert.equal((await send('generic', { at: now() - 290 })).status, 202);
    assert.equal((await send('generic', { at: now() + 290 })).status, 202);
    assert.equal((await send('generic', { at: now() - 302 })).status, 401);
    assert.equal((await send('generic', { at: now() + 310 })).status, 401);
    assert.equal((await send('generic', { at: 'soon' })).status, 401);
    assert.equal((await send('generic', { id: 'a.b' })).status, 401);
    assert.ok(await count('generic', 'stale') >= 3);
  });

  it('without a secret nothing is taken, and the answer says what to set', opts, async () => {
    const bare = await startServer({ catalog: { 'all.yaml': component('one') } });
    try {
      const answer = await request(bare.port, '/api/webhooks/github', { method: 'POST', body: '{}' });
      assert.equal(answer.status, 403);
      assert.match(answer.json.error.message, /webhooks: \{github: /);
      assert.equal(await count('github', 'unconfigured', bare), 1);
    } finally {
      await bare.stop();
    }
  });

  it('there is no other kind, and no other method; a page elsewhere may not send one', opts, async () => {
    assert.equal((await server.post('/api/webhooks/svn', {})).status, 404);
    assert.equal((await server.get('/api/webhooks/github')).status, 404);
    assert.equal((await send('github', { headers: { origin: 'https://evil.example.com' } })).status, 403);
  });

  it('no secret is in the log, in a metric or in an answer', opts, async () => {
    const log = fs.readFileSync(server.log, 'utf8');
    for (const text of [...Object.values(secret), signing, 'an-older-one']) assert.ok(!log.includes(text), text);
  });
});

describe('many at once, and more than one callboard', opts, () => {
  it('a burst for one repository is one pass, or one and one behind it', opts, async () => {
    await sleep(500);
    const text = commit('team/other.git');
    const before = await server.metric('passes_total');
    git.options.delay = () => 300; // a slow forge: the burst comes while it is being asked
    const answers = await Promise.all(Array.from({ length: 60 }, () => send('github', { name: 'team/other.git' })));
    git.options.delay = undefined;
    assert.ok(answers.every(a => a.json.result === 'nudged'));
    await server.until('the commit', async () => (await description('other')) === text);
    await sleep(1500);
    const passes = (await server.metric('passes_total')) - before;
    console.log(`# 60 webhooks at once: ${passes} passes`);
    assert.ok(passes >= 1 && passes <= 3, `${passes} passes`);
  });

  it('two callboards: either hears it, both show it, and a delivery to one is known to the other', { ...opts, skip: missing || (process.env.CALLBOARD_TEST_DATABASE ? false : 'needs CALLBOARD_TEST_DATABASE') }, async () => {
    const other = await startServer({ ...setup, database: server.database.url });
    try {
      for (const [to, from] of [[other, server], [server, other]]) {
        const text = commit();
        const body = JSON.stringify(forges.github.body('acme/shop.git', 'main'));
        const headers = { 'content-type': 'application/json', ...forges.github.headers(secret.github, body) };
        const ask = s => request(s.port, '/api/webhooks/github', { method: 'POST', body, headers });
        assert.equal((await ask(to)).json.result, 'nudged');
        for (const s of [server, other]) await s.until('the commit', async () => (await description('shop', s)) === text, 10_000);
        assert.equal((await ask(from)).status, 409);
      }
      // While one reads, the other hears: what was pushed in between is not missed.
      git.options.delay = () => 700;
      const first = commit();
      await send('github', { to: other });
      await sleep(300);
      const second = commit();
      await send('github', { to: server });
      git.options.delay = undefined;
      assert.notEqual(first, second);
      for (const s of [server, other]) await s.until('the newest', async () => (await description('shop', s)) === second, 10_000);
    } finally {
      await other.stop();
    }
  });
});

it('the example of docs/api.md with curl and openssl works as it is written', opts, async () => {
  const page = fs.readFileSync(path.join(root, 'docs/api.md'), 'utf8');
  const example = /## Webhooks[\s\S]*?\n((?:    .*\n|\n)*?    curl [\s\S]*?\n)(?=\n[^ ])/.exec(page)?.[1].replace(/^ {4}/gm, '');
  assert.ok(example?.includes('openssl'), 'the example is there');
  const script = example
    .replaceAll('http://localhost:7007', server.url)
    .replace(/^secret=.*$/m, `secret=${secret.generic}`)
    .replace(/"repository": ?"[^"]*"/, `"repository":"${url('acme/shop.git')}"`);
  const { stdout } = await run('sh', ['-euc', script]);
  assert.equal(JSON.parse(stdout).result, 'nudged', stdout);
});
