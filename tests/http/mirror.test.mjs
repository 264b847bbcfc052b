// Mirrors against real servers: smart and dumb HTTP, TLS, git daemon, ssh. What is asked is what a person
// would notice: is the newest commit there, does a failure say what to do, does a secret stay one.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Repository } from '../fakes/git-http/repository.mjs';
import { startGitHttp } from '../fakes/git-http/server.mjs';

const source = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const probe = [process.env.top_builddir, process.env.CALLBOARD_BINARY && path.dirname(process.env.CALLBOARD_BINARY),
  process.env.CALLBOARD_BUILD, path.join(source, 'build/san'), path.join(source, 'build')]
  .filter(Boolean)
  .map(dir => path.join(dir, 'tests/support/mirror_probe'))
  .find(file => fs.existsSync(file));
const token = `tok3n-${process.pid}-${Date.now().toString(36)}`; // another run beside this one has another

let scratch;
let root;
let counter = 0;
const opened = [];

before(() => {
  assert.ok(probe, 'mirror_probe is built with callboard');
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-mirror-'));
  root = path.join(scratch, 'repositories');
  fs.mkdirSync(root);
});

after(async () => {
  for (const server of opened) await server.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});

async function serve(options = {}) {
  const server = await startGitHttp({ root, ...options });
  opened.push(server);
  return server;
}

function fresh(name = `r${(counter += 1)}.git`, options) {
  const repository = new Repository(path.join(root, name), options);
  repository.name = name;
  return repository;
}

const dataDir = () => path.join(scratch, `data${(counter += 1)}`);

// Start the probe; its answer is the JSON of each line, its stderr goes into `said`.
function start(data, url, args = [], extra = {}) {
  const child = spawn(probe, ['--data', data, ...args, url], {
    env: { ...process.env, ...extra.env },
    cwd: extra.cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let said = '';
  child.stdout.on('data', chunk => (out += chunk));
  child.stderr.on('data', chunk => (said += chunk));
  const done = new Promise(resolve => {
    child.on('close', (code, signal) => {
      const lines = out.split('\n').filter(Boolean).map(line => JSON.parse(line));
      resolve({ code, signal, out, said, lines, ...lines.at(-1) });
    });
  });
  return { child, done };
}

const ask = (data, url, args, extra) => start(data, url, args, extra).done;

function mirrorOf(data) {
  const dir = path.join(data, 'mirrors');
  const [name] = fs.readdirSync(dir).filter(entry => /^[0-9a-f]{32}$/.test(entry));
  return path.join(dir, name);
}

const packs = mirror => fs.readdirSync(path.join(mirror, 'objects/pack')).filter(name => name.endsWith('.pack'));
const diskOf = dir => Number(execFileSync('du', ['-sk', dir]).toString().split('\t')[0]) * 1024;

function freePort() {
  return new Promise(resolve => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function until(what, seconds = 10) {
  for (let i = 0; i < seconds * 20; i += 1) {
    const answer = await what();
    if (answer) return answer;
    await new Promise(done => setTimeout(done, 50));
  }
  throw new Error(`it did not happen within ${seconds} s: ${what}`);
}

function connects(port) {
  return new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => (socket.destroy(), resolve(true)));
    socket.on('error', () => resolve(false));
  });
}

describe('what a mirror shows', () => {
  test('the newest commit, its files, and the bytes of those that are read', async () => {
    const server = await serve();
    const repository = fresh();
    const data = dataDir();
    const url = `${server.url}/${repository.name}`;
    const first = repository.commit({ 'catalog-info.yaml': 'one', 'a/catalog-info.yaml': 'two', 'big.bin': randomBytes(3e6) });
    let answer = await ask(data, url, ['--glob', '**/catalog-info.yaml', '--read', 'a/catalog-info.yaml']);

    assert.equal(answer.commit, first, answer.text);
    assert.equal(answer.branch, 'main');
    assert.deepEqual(answer.files.map(file => file.path), ['a/catalog-info.yaml', 'catalog-info.yaml']);
    assert.deepEqual(answer.read, { 'a/catalog-info.yaml': 'two' });
    assert.ok(diskOf(mirrorOf(data)) < 1e6, 'the big file is not brought');

    const second = repository.commit({ 'a/catalog-info.yaml': 'three' });
    answer = await ask(data, url, ['--glob', '**/catalog-info.yaml', '--read', 'a/catalog-info.yaml', '--read', 'catalog-info.yaml']);
    assert.equal(answer.commit, second);
    assert.deepEqual(answer.read, { 'a/catalog-info.yaml': 'three', 'catalog-info.yaml': 'one' });
    assert.equal((await ask(data, url, ['--commit', first, '--read', 'a/catalog-info.yaml'])).read['a/catalog-info.yaml'], 'two');
  });

  test('nothing new costs one question and writes nothing', async () => {
    const server = await serve();
    const repository = fresh();
    const data = dataDir();
    repository.commit({ 'x.yaml': '1' });
    await ask(data, `${server.url}/${repository.name}`);
    const before_ = packs(mirrorOf(data));
    server.requests.length = 0;
    await ask(data, `${server.url}/${repository.name}`);
    assert.equal(server.requests.length, 1);
    assert.deepEqual(packs(mirrorOf(data)), before_);
  });

  test('a thousand files come in one batch', async () => {
    const server = await serve();
    const repository = fresh();
    const files = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`s${i}/catalog-info.yaml`, `name: ${i}`]));
    repository.commit(files);
    const reads = Array.from({ length: 60 }, (_, i) => ['--read', `s${i * 10}/catalog-info.yaml`]).flat();
    const answer = await ask(dataDir(), `${server.url}/${repository.name}`, ['--glob', '**/catalog-info.yaml', ...reads]);
    assert.equal(answer.files.length, 1000, answer.text);
    assert.equal(answer.read['s590/catalog-info.yaml'], 'name: 590');
    assert.equal(server.requests.filter(request => request.method === 'POST').length, 4, 'the ref, the ref and its commit, the blobs');
  });

  test('a branch that is pushed by force, renamed, deleted', async () => {
    const server = await serve();
    const repository = fresh();
    const data = dataDir();
    const url = `${server.url}/${repository.name}`;
    repository.commit({ 'x.yaml': '1' }, { branch: 'feature/a' });
    repository.commit({ 'x.yaml': '1' });
    assert.equal((await ask(data, url, ['--branch', 'feature/a'])).code, 0);
    const forced = repository.commit({ 'y.yaml': '2' }, { branch: 'feature/a', orphan: true });
    const answer = await ask(data, url, ['--branch', 'feature/a']);
    assert.equal(answer.commit, forced);
    assert.deepEqual(answer.files.map(file => file.path), ['y.yaml']);

    repository.git('branch', '-m', 'main', 'trunk');
    repository.git('symbolic-ref', 'HEAD', 'refs/heads/trunk');
    assert.equal((await ask(data, url)).branch, 'trunk');
    repository.git('update-ref', '-d', 'refs/heads/feature/a');
    repository.commit({ 'z.yaml': '3' }, { branch: 'feature' }); // as a path it would clash with the old one
    assert.equal((await ask(data, url, ['--branch', 'feature'])).code, 0);
    const gone = await ask(data, url, ['--branch', 'feature/a']);
    assert.equal(gone.error, 'not-found');
    assert.match(gone.text, /has no branch feature\/a: was it renamed or deleted\?/);
  });

  test('an empty repository, none at all, and one of SHA-256 say so', async () => {
    const server = await serve();
    const url = `${server.url}/${fresh().name}`;
    let answer = await ask(dataDir(), url);
    assert.equal(answer.error, 'not-found');
    assert.match(answer.text, /has no commit on its default branch yet/);
    answer = await ask(dataDir(), `${server.url}/nowhere.git`);
    assert.equal(answer.error, 'not-found');
    assert.match(answer.text, /there is no repository/);
    const modern = fresh(undefined, { format: 'sha256' });
    modern.commit({ 'x.yaml': '1' });
    answer = await ask(dataDir(), `${server.url}/${modern.name}`);
    assert.equal(answer.error, 'unsupported');
    assert.match(answer.text, /SHA-256/);
  });
});

describe('servers that can do less', () => {
  test('without filters the whole commit comes', async () => {
    const server = await serve();
    const repository = fresh(undefined, { filter: false });
    const data = dataDir();
    repository.commit({ 'x.yaml': '1', 'y.yaml': '1' });
    const answer = await ask(data, `${server.url}/${repository.name}`, ['--read', 'x.yaml']);
    assert.equal(answer.read['x.yaml'], '1', answer.text);
    repository.commit({ 'x.yaml': '2' });
    assert.equal((await ask(data, `${server.url}/${repository.name}`, ['--read', 'x.yaml'])).read['x.yaml'], '2');
  });

  test('with filters, but no blob by its name: the commit comes whole after all', async () => {
    const server = await serve({ v0: true });
    const repository = fresh();
    const data = dataDir();
    repository.commit({ 'x.yaml': '1' });
    let answer = await ask(data, `${server.url}/${repository.name}`, ['--read', 'x.yaml']);
    assert.equal(answer.read?.['x.yaml'], '1', answer.out);
    repository.commit({ 'x.yaml': '2' });
    answer = await ask(data, `${server.url}/${repository.name}`, ['--read', 'x.yaml']);
    assert.equal(answer.read?.['x.yaml'], '2', answer.out);
  });

  test('plain files over HTTP', async () => {
    const server = await serve({ dumb: true });
    const repository = fresh();
    const data = dataDir();
    repository.commit({ 'x.yaml': '1' });
    repository.git('update-server-info');
    let answer = await ask(data, `${server.url}/${repository.name}`, ['--read', 'x.yaml']);
    assert.equal(answer.read?.['x.yaml'], '1', answer.out);
    repository.commit({ 'x.yaml': '2' });
    repository.git('update-server-info');
    answer = await ask(data, `${server.url}/${repository.name}`, ['--read', 'x.yaml']);
    assert.equal(answer.read?.['x.yaml'], '2', answer.out);
  });

  test('git daemon', async t => {
    const port = await freePort();
    const repository = fresh();
    repository.commit({ 'x.yaml': '1' });
    const daemon = spawn('git', ['daemon', '--listen=127.0.0.1', `--port=${port}`, `--base-path=${root}`, '--export-all', '--reuseaddr', root], { stdio: 'ignore', detached: true });
    t.after(() => process.kill(-daemon.pid, 'SIGKILL'));
    await until(() => connects(port));
    const data = dataDir();
    assert.equal((await ask(data, `git://127.0.0.1:${port}/${repository.name}`, ['--read', 'x.yaml'])).read?.['x.yaml'], '1');
    assert.equal((await ask(data, `git://127.0.0.1:${port}/nowhere.git`)).error, 'not-found');
  });
});

describe('who may read', () => {
  test('a token opens what is closed without it', async () => {
    const server = await serve({ password: token });
    const repository = fresh();
    repository.commit({ 'x.yaml': '1' });
    const url = `${server.url}/${repository.name}`;
    const host = new URL(url).host;
    let answer = await ask(dataDir(), url);
    assert.match(answer.text, /wants a login: add a token for 127\.0\.0\.1 under integrations/);
    answer = await ask(dataDir(), url, ['--host', host, '--token', 'wrong']);
    assert.match(answer.text, /refuses the token/);
    assert.ok(!answer.text.includes('wrong'));
    answer = await ask(dataDir(), url, ['--host', host, '--token', token, '--read', 'x.yaml']);
    assert.equal(answer.read?.['x.yaml'], '1', answer.text);
    answer = await ask(dataDir(), url.replace('://', `://jane:${token}@`), ['--read', 'x.yaml']);
    assert.equal(answer.read?.['x.yaml'], '1', answer.text);
    assert.ok(server.requests.some(request => Buffer.from((request.authorization ?? '').slice(6), 'base64').toString() === `jane:${token}`));
  });

  test('a redirect is followed on the same host, and never carries the token to another', async () => {
    const other = await serve({ password: token, host: 'localhost' });
    const repository = fresh();
    repository.commit({ 'x.yaml': '1' });
    const server = await serve({
      password: token,
      redirect: url => {
        if (url.startsWith('/moved/')) return url.slice('/moved'.length);
        if (url.startsWith('/away/')) return other.url + url.slice('/away'.length);
        return undefined;
      },
    });
    const args = ['--host', '127.0.0.1', '--token', token, '--read', 'x.yaml'];
    const here = await ask(dataDir(), `${server.url}/moved/${repository.name}`, args);
    assert.equal(here.read?.['x.yaml'], '1', here.text);
    const away = await ask(dataDir(), `${server.url}/away/${repository.name}`, args);
    assert.equal(away.code, 1);
    assert.match(away.text, /wants a login/);
    assert.ok(other.requests.length > 0, 'the redirect was followed');
    assert.ok(other.requests.every(request => !request.authorization), 'but nothing was given away');
  });

  test('over plain http a token goes nowhere that a stranger named, save on this machine', async () => {
    const answer = await ask(dataDir(), 'http://192.0.2.1/a.git', ['--registered', '--host', '192.0.2.1', '--token', token, '--deadline', '1500']);
    assert.equal(answer.code, 1);
  });

  test('a certificate that nobody signed is refused, and taken with its authority', async () => {
    const key = path.join(scratch, 'tls.key');
    const cert = path.join(scratch, 'tls.crt');
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key,
      '-out', cert, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
    const server = await serve({ tls: { key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, host: 'localhost', password: token });
    const repository = fresh();
    repository.commit({ 'x.yaml': '1' });
    const url = `${server.url}/${repository.name}`;
    const args = ['--host', 'localhost', '--token', token, '--read', 'x.yaml'];
    let answer = await ask(dataDir(), url, args);
    assert.match(answer.text, /certificate of localhost is not trusted/);
    assert.equal(server.requests.length, 0);
    answer = await ask(dataDir(), url, [...args, '--ca', cert]);
    assert.equal(answer.read?.['x.yaml'], '1', answer.text);
    answer = await ask(dataDir(), url.replace('localhost', '127.0.0.1'), ['--host', '127.0.0.1', '--ca', cert]);
    assert.match(answer.text, /certificate/);
  });
});

describe('ssh', () => {
  let sshd;
  let port;
  let dir;
  let why;

  before(async () => {
    dir = fs.mkdtempSync(path.join(scratch, 'ssh-'));
    const daemon = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find(file => fs.existsSync(file));
    if (!daemon) {
      why = 'there is no sshd';
      return;
    }
    for (const name of ['host', 'other', 'user', 'stranger'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(dir, name)]);
    fs.copyFileSync(path.join(dir, 'user.pub'), path.join(dir, 'authorized'));
    port = await freePort();
    fs.writeFileSync(path.join(dir, 'config'), [
      `ListenAddress 127.0.0.1:${port}`, `HostKey ${dir}/host`, `AuthorizedKeysFile ${dir}/authorized`, `PidFile ${dir}/pid`,
      'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin prohibit-password', 'LogLevel VERBOSE', ''].join('\n'));
    try {
      fs.mkdirSync('/run/sshd', { recursive: true });
    } catch {
      // only needed as root
    }
    sshd = spawn(daemon, ['-D', '-e', '-f', path.join(dir, 'config')], { stdio: ['ignore', 'ignore', fs.openSync(path.join(dir, 'log'), 'w')] });
    try {
      await until(() => connects(port), 5);
    } catch {
      why = `sshd does not start: ${fs.readFileSync(path.join(dir, 'log'), 'utf8').slice(-300)}`;
      return;
    }
    const known = key => `[127.0.0.1]:${port} ${fs.readFileSync(path.join(dir, `${key}.pub`), 'utf8').split(' ').slice(0, 2).join(' ')}\n`;
    fs.writeFileSync(path.join(dir, 'known'), known('host'));
    fs.writeFileSync(path.join(dir, 'known wrong'), known('other'));
    fs.writeFileSync(path.join(dir, 'known none'), '');
    const tried = spawnSync('ssh', ['-F', 'none', '-o', 'BatchMode=yes', '-o', `UserKnownHostsFile=${dir}/known`, '-i', path.join(dir, 'user'),
      '-p', String(port), '127.0.0.1', 'true']);
    if (tried.status !== 0) why = `sshd lets nobody in here: ${tried.stderr}`;
  });

  after(() => sshd?.kill());

  const at = (key, known) => ['--host', '127.0.0.1', '--key', path.join(dir, key), '--known', path.join(dir, known), '--read', 'x.yaml'];

  test('the right key and host key', async t => {
    if (why) return t.skip(why);
    const repository = fresh();
    repository.commit({ 'x.yaml': '1' });
    const data = dataDir();
    const url = `ssh://127.0.0.1:${port}${repository.dir}`;
    assert.equal((await ask(data, url, at('user', 'known'))).read?.['x.yaml'], '1');
    repository.commit({ 'x.yaml': '2' });
    assert.equal((await ask(data, url, at('user', 'known'))).read?.['x.yaml'], '2');
    const scp = `[127.0.0.1:${port}]:${repository.dir}`;
    assert.equal((await ask(dataDir(), scp, at('user', 'known'))).read?.['x.yaml'], '2');
    return undefined;
  });

  test('a host key that is unknown or another one is refused', async t => {
    if (why) return t.skip(why);
    const repository = fresh();
    repository.commit({ 'x.yaml': '1' });
    for (const known of ['known wrong', 'known none']) {
      const answer = await ask(dataDir(), `ssh://127.0.0.1:${port}${repository.dir}`, at('user', known));
      assert.equal(answer.code, 1);
      assert.match(answer.text, /ssh host key of 127\.0\.0\.1 is not known, or not the one/);
    }
    return undefined;
  });

  test('a key that nobody let in is refused', async t => {
    if (why) return t.skip(why);
    const answer = await ask(dataDir(), `ssh://127.0.0.1:${port}/x.git`, at('stranger', 'known'));
    assert.match(answer.text, /does not accept the ssh key/);
    return undefined;
  });

  test('a repository that is not there', async t => {
    if (why) return t.skip(why);
    const answer = await ask(dataDir(), `ssh://127.0.0.1:${port}/nowhere.git`, at('user', 'known'));
    assert.equal(answer.error, 'not-found');
    return undefined;
  });
});

describe('peers and processes that fail', () => {
  test('a server that never answers is left at the deadline', async () => {
    const server = await serve({ delay: () => Infinity });
    const started = Date.now();
    const answer = await ask(dataDir(), `${server.url}/a.git`, ['--deadline', '1500']);
    assert.equal(answer.error, 'timeout', answer.out);
    assert.match(answer.text, /was not read within/);
    assert.ok(Date.now() - started < 8000);
  });

  test('one that stops in the middle of a commit, too', async () => {
    const repository = fresh(undefined, { filter: false });
    repository.commit({ 'big.bin': randomBytes(2e6) });
    const server = await serve({ stall: request => (request.method === 'POST' && server.requests.length > 3 ? 100_000 : Infinity) });
    const data = dataDir();
    const answer = await ask(data, `${server.url}/${repository.name}`, ['--deadline', '2500']);
    assert.equal(answer.error, 'timeout', answer.out);
    server.options.stall = undefined;
    assert.equal((await ask(data, `${server.url}/${repository.name}`)).code, 0);
  });

  test('a stop of callboard ends transfers at once', async () => {
    const server = await serve({ delay: () => Infinity });
    const started = Date.now();
    const answer = await ask(dataDir(), `${server.url}/a.git`, ['--cancel', '300']);
    assert.equal(answer.error, 'cancelled', answer.out);
    assert.ok(Date.now() - started < 4000);
  });

  test('nobody there, and no such host', async () => {
    const port = await freePort();
    assert.match((await ask(dataDir(), `http://127.0.0.1:${port}/a.git`)).text, /nobody answers/);
    assert.match((await ask(dataDir(), 'https://no.such.host.invalid/a.git')).text, /host no\.such\.host\.invalid is not known/);
  });

  test('killed in the middle of its first commit, it begins anew; its child is gone too', async () => {
    const repository = fresh(undefined, { filter: false });
    repository.commit({ 'big.bin': randomBytes(2e6), 'x.yaml': '1' });
    const server = await serve({ stall: request => (request.method === 'POST' && server.requests.length > 3 ? 100_000 : Infinity) });
    const data = dataDir();
    const url = `${server.url}/${repository.name}`;
    const { child, done } = start(data, url);
    await until(() => server.requests.length >= 4);
    await new Promise(next => setTimeout(next, 300));
    const git = fs.readdirSync('/proc').filter(pid => {
      try {
        return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/status`, 'utf8').includes(`PPid:\t${child.pid}\n`);
      } catch {
        return false;
      }
    });
    assert.equal(git.length, 1);
    child.kill('SIGKILL');
    await done;
    await until(() => !fs.existsSync(`/proc/${git[0]}`), 5);
    server.options.stall = undefined;
    const answer = await ask(data, url, ['--read', 'x.yaml']);
    assert.equal(answer.read?.['x.yaml'], '1', answer.out);
    assert.deepEqual(fs.readdirSync(path.join(data, 'mirrors')).filter(name => /\.(new|old)$/.test(name)), []);
  });

  test('killed in the middle of a later one, what it left is swept', async () => {
    const repository = fresh(undefined, { filter: false });
    repository.commit({ 'x.yaml': '1' });
    const server = await serve();
    const data = dataDir();
    const url = `${server.url}/${repository.name}`;
    await ask(data, url);
    repository.commit({ 'big.bin': randomBytes(2e6), 'x.yaml': '2' });
    server.requests.length = 0;
    server.options.stall = request => (request.method === 'POST' && server.requests.length > 3 ? 100_000 : Infinity);
    const { child, done } = start(data, url);
    await until(() => server.requests.length >= 4);
    await new Promise(next => setTimeout(next, 300));
    child.kill('SIGKILL');
    await done;
    server.options.stall = undefined;
    const mirror = mirrorOf(data);
    for (const name of ['shallow.lock', 'HEAD.lock', 'config.lock', 'packed-refs.lock', 'objects/pack/tmp_pack_x'])
      fs.writeFileSync(path.join(mirror, name), '');
    const answer = await ask(data, url, ['--read', 'x.yaml']);
    assert.equal(answer.read?.['x.yaml'], '2', answer.out);
    assert.ok(!fs.existsSync(path.join(mirror, 'shallow.lock')));
    assert.deepEqual(fs.readdirSync(path.join(mirror, 'objects/pack')).filter(name => name.startsWith('tmp_')), []);
  });

  const damage = {
    'a pack is cut short': mirror => packs(mirror).forEach(name => {
      const file = path.join(mirror, 'objects/pack', name);
      fs.chmodSync(file, 0o600);
      fs.truncateSync(file, 40);
    }),
    'all objects are gone': mirror => fs.rmSync(path.join(mirror, 'objects'), { recursive: true }),
    'its configuration is empty': mirror => fs.writeFileSync(path.join(mirror, 'config'), ''),
    'HEAD is nonsense': mirror => fs.writeFileSync(path.join(mirror, 'HEAD'), 'nonsense'),
    'shallow is nonsense': mirror => fs.writeFileSync(path.join(mirror, 'shallow'), 'nonsense\n'),
    'it is a file': mirror => (fs.rmSync(mirror, { recursive: true }), fs.writeFileSync(mirror, 'x')),
  };
  for (const [name, hurt] of Object.entries(damage)) {
    test(`a damaged mirror is made anew: ${name}`, async () => {
      const server = await serve();
      const repository = fresh();
      const data = dataDir();
      const url = `${server.url}/${repository.name}`;
      repository.commit({ 'x.yaml': '1' });
      await ask(data, url, ['--read', 'x.yaml']);
      hurt(mirrorOf(data));
      repository.commit({ 'x.yaml': '2' });
      await ask(data, url, ['--read', 'x.yaml']); // may find the damage only while it reads
      const answer = await ask(data, url, ['--read', 'x.yaml']);
      assert.equal(answer.read?.['x.yaml'], '2', answer.out);
    });
  }

  test('a blob that rots is noticed when it is read, and comes back', async () => {
    const server = await serve();
    const repository = fresh();
    const data = dataDir();
    const url = `${server.url}/${repository.name}`;
    repository.commit({ 'x.yaml': randomBytes(20000).toString('hex') });
    await ask(data, url, ['--read', 'x.yaml']);
    const biggest = packs(mirrorOf(data)).map(name => path.join(mirrorOf(data), 'objects/pack', name))
      .sort((a, b) => fs.statSync(b).size - fs.statSync(a).size)[0];
    fs.chmodSync(biggest, 0o600);
    const fd = fs.openSync(biggest, 'r+');
    fs.writeSync(fd, Buffer.alloc(4000), 0, 4000, 1000);
    fs.closeSync(fd);
    assert.match((await ask(data, url, ['--read', 'x.yaml'])).read['x.yaml'], /^upstream: cannot read file x\.yaml/);
    assert.match((await ask(data, url, ['--read', 'x.yaml'])).read['x.yaml'], /^[0-9a-f]+$/);
  });
});

describe('limits', () => {
  test('a repository over the disk limit is refused, and takes no room', async () => {
    const server = await serve();
    const repository = fresh(undefined, { filter: false });
    repository.commit({ 'big.bin': randomBytes(12e6) });
    const data = dataDir();
    const answer = await ask(data, `${server.url}/${repository.name}`, ['--disk', String(1 << 20)]);
    assert.equal(answer.error, 'limit', answer.out);
    assert.match(answer.text, /limit/);
    assert.ok(diskOf(data) < 2e6);
  });

  test('many commits do not pile up', async () => {
    const server = await serve();
    const repository = fresh();
    const data = dataDir();
    const url = `${server.url}/${repository.name}`;
    let most = 0;
    for (let i = 0; i < 20; i += 1) {
      repository.commit({ 'x.yaml': `name: ${i}` });
      const answer = await ask(data, url, ['--read', 'x.yaml']);
      assert.equal(answer.read?.['x.yaml'], `name: ${i}`, answer.out);
      most = Math.max(most, packs(mirrorOf(data)).length);
    }
    assert.ok(most >= 30 && most <= 34, `${most} packs at most`);
    assert.ok(packs(mirrorOf(data)).length < 15);
  });

  test('a mirror that is being read is not taken away', async () => {
    const server = await serve();
    const repository = fresh();
    const data = dataDir();
    const url = `${server.url}/${repository.name}`;
    repository.commit({ 'x.yaml': '1' });
    await ask(data, url, ['--read', 'x.yaml']);
    const reader = start(data, url, ['--read', 'x.yaml', '--hold', '2000']);
    await new Promise(next => setTimeout(next, 700));
    for (let i = 0; i < 3; i += 1) {
      repository.commit({ 'x.yaml': `${i}` });
      assert.equal((await ask(data, url, ['--read', 'x.yaml'])).read?.['x.yaml'], `${i}`);
    }
    assert.equal((await reader.done).read['x.yaml'], '1');
  });

  test('two at once on one mirror wait for each other', async () => {
    const server = await serve();
    const repository = fresh();
    const data = dataDir();
    repository.commit({ 'x.yaml': '1' });
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask(data, `${server.url}/${repository.name}`, ['--read', 'x.yaml'])));
    for (const answer of answers) assert.equal(answer.read?.['x.yaml'], '1', answer.out);
  });
});

describe('secrets and surroundings', () => {
  test('a token is in no command line, no file, no log and no error', async () => {
    const seen = [];
    const server = await serve({ password: token, delay: () => 150 });
    const repository = fresh();
    repository.commit({ 'x.yaml': '1' });
    const data = dataDir();
    const url = `${server.url}/${repository.name}`;
    const { child, done } = start(data, url, ['--host', '127.0.0.1', '--read', 'x.yaml'], { env: { PROBE_TOKEN: token } });
    const watch = setInterval(() => {
      for (const pid of fs.readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
        try {
          const line = fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1');
          if (pid !== String(process.pid) && line.includes('git')) seen.push(line.replaceAll('\0', ' '));
        } catch {
          // gone
        }
      }
    }, 20);
    const answer = await done;
    clearInterval(watch);
    assert.equal(answer.read?.['x.yaml'], '1', answer.out + child.pid);
    assert.ok(seen.some(line => line.includes('fetch')), 'a transfer was seen');
    assert.deepEqual(seen.filter(line => line.includes(token) || line.includes(Buffer.from(`x-access-token:${token}`).toString('base64'))), []);
    assert.ok(!answer.out.includes(token) && !answer.said.includes(token));
    assert.equal(spawnSync('grep', ['-rqa', token, data]).status, 1);
    assert.equal(spawnSync('grep', ['-rqa', Buffer.from(`:${token}`).toString('base64').slice(2, -3), data]).status, 1);

    const wrong = await ask(dataDir(), url.replace('://', `://jane:${token}x@`));
    assert.equal(wrong.code, 1);
    assert.ok(!wrong.out.includes(token) && !wrong.said.includes(token));
  });

  test('neither the user\'s Git configuration nor the folder it runs in has a say', async () => {
    const server = await serve();
    const repository = fresh();
    repository.commit({ 'x.yaml': '1' });
    const evil = fs.mkdtempSync(path.join(scratch, 'evil-'));
    const config = `[url "http://127.0.0.1:1/"]\n\tinsteadOf = ${server.url}/\n[core]\n\thooksPath = ${evil}/hooks\n`;
    fs.mkdirSync(path.join(evil, 'hooks'));
    for (const hook of ['reference-transaction', 'post-checkout', 'pre-auto-gc'])
      fs.writeFileSync(path.join(evil, 'hooks', hook), `#!/bin/sh\ntouch ${evil}/ran\n`, { mode: 0o755 });
    execFileSync('git', ['init', '-q', evil]);
    fs.appendFileSync(path.join(evil, '.git/config'), config);
    fs.writeFileSync(path.join(evil, '.gitconfig'), config);
    fs.writeFileSync(path.join(evil, '.netrc'), `machine 127.0.0.1 login a password ${token}\n`);
    const answer = await ask(dataDir(), `${server.url}/${repository.name}`, ['--read', 'x.yaml'],
      { cwd: evil, env: { HOME: evil, XDG_CONFIG_HOME: evil, GIT_DIR: path.join(evil, '.git'), GIT_TRACE: '1', GIT_SSL_NO_VERIFY: '1' } });
    assert.equal(answer.read?.['x.yaml'], '1', answer.out);
    assert.ok(!fs.existsSync(path.join(evil, 'ran')));
    assert.ok(server.requests.every(request => !request.authorization));
    assert.equal(answer.said, '');
  });
});
