// Publishing to real servers: a path, smart HTTP with a login, git daemon, ssh; and repositories made on this machine.
import assert from 'node:assert/strict';
import { spawn, spawnSync, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Repository } from '../fakes/git-http/repository.mjs';
import { startGitHttp } from '../fakes/git-http/server.mjs';

const source = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const probe = [process.env.CALLBOARD_BINARY && path.dirname(process.env.CALLBOARD_BINARY), process.env.CALLBOARD_BUILD, path.join(source, 'build/san'),
  path.join(source, 'build')].filter(Boolean).map(dir => path.join(dir, 'tests/support/publish_probe')).find(file => fs.existsSync(file));
const token = `tok3n-${process.pid}-${Date.now().toString(36)}`;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-publish-'));
const root = path.join(scratch, 'repositories'), data = path.join(scratch, 'data'), folder = path.join(scratch, 'folder');
const opened = [];
let counter = 0;

before(() => {
  assert.ok(probe, 'publish_probe is built with callboard');
  fs.mkdirSync(root);
  fs.mkdirSync(data);
});
after(async () => {
  for (const server of opened) await server.close();
  fs.rmSync(scratch, { recursive: true, force: true });
});
beforeEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
  put({ 'README.md': 'hello\n', 'src/main.c': 'int main;\n' });
});

function put(files) {
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}

function fresh() {
  const repository = new Repository(path.join(root, `r${(counter += 1)}.git`));
  repository.name = path.basename(repository.dir);
  repository.git('config', 'http.receivepack', 'true');
  return repository;
}

async function serve(options = {}) {
  const server = await startGitHttp({ root, ...options });
  opened.push(server);
  return server;
}

function start(url, args = [], env = {}) {
  const child = spawn(probe, ['--data', data, '--folder', folder, ...args, url], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '', said = '';
  child.stdout.on('data', chunk => (out += chunk));
  child.stderr.on('data', chunk => (said += chunk));
  return { child, done: new Promise(resolve => child.on('close', code => resolve({ code, said, ...(out ? JSON.parse(out) : {}) }))) };
}
const publish = (...args) => start(...args).done;
const left = () => (fs.existsSync(path.join(data, 'publish')) ? fs.readdirSync(path.join(data, 'publish')) : []);
const files = (repository, branch = 'main') => repository.git('ls-tree', '-r', branch).split('\n').filter(Boolean).map(line => {
  const [meta, name] = line.split('\t');
  return `${meta.slice(0, 6)} ${name}`;
});
const freePort = () => new Promise(resolve => {
  const server = net.createServer().listen(0, '127.0.0.1', () => { const { port } = server.address(); server.close(() => resolve(port)); });
});
const connects = port => new Promise(resolve => {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('connect', () => (socket.destroy(), resolve(true)));
  socket.on('error', () => resolve(false));
});
async function until(what, seconds = 10) {
  for (let i = 0; i < seconds * 20; i += 1) {
    const answer = await what();
    if (answer) return answer;
    await new Promise(done => setTimeout(done, 50));
  }
  throw new Error(`it did not happen within ${seconds} s: ${what}`);
}

describe('the commit', () => {
  test('has the files with their modes, and links that stay within', async () => {
    const repository = fresh();
    put({ 'run.sh': '#!/bin/sh\n', 'empty.txt': '', '.hidden': 'x' });
    fs.chmodSync(path.join(folder, 'run.sh'), 0o755);
    fs.symlinkSync('../README.md', path.join(folder, 'src/readme'));
    const answer = await publish(repository.dir, ['--message', 'a first\n\nwith more']);
    assert.equal(answer.code, 0, answer.text);
    assert.deepEqual(files(repository), ['100644 .hidden', '100644 README.md', '100644 empty.txt', '100755 run.sh', '100644 src/main.c', '120000 src/readme']);
    assert.equal(repository.git('rev-parse', 'main'), answer.commit);
    assert.equal(repository.git('log', '--format=%an <%ae>|%s|%b|%P', 'main'), 'Scaffolder <scaffolder@example.com>|a first|with more\n|');
    assert.equal(repository.git('show', 'main:src/main.c'), 'int main;');
    repository.git('fsck', '--strict');
    assert.deepEqual(left(), []);
  });
  test('leaves out .git and what a .gitignore names', async () => {
    const repository = fresh();
    put({ '.gitignore': 'node_modules/\n*.log\n', 'a.log': 'x', 'node_modules/m/index.js': 'x', 'src/.gitignore': 'made\n', 'src/made': 'x', '.git/config': 'x', 'src/.GIT/x': 'x' });
    assert.equal((await publish(repository.dir)).code, 0);
    assert.deepEqual(files(repository), ['100644 .gitignore', '100644 README.md', '100644 src/.gitignore', '100644 src/main.c']);
  });
  for (const [what, target] of [['by an absolute path', '/etc/passwd'], ['upwards', '../outside'], ['behind a folder', 'src/../../outside'], ['into .git', '.git/config']])
    test(`refuses a link that leads out ${what}`, async () => {
      const repository = fresh();
      fs.symlinkSync(target, path.join(folder, 'link'));
      const answer = await publish(repository.dir);
      assert.equal(answer.error, 'denied');
      assert.match(answer.text, /link is a symbolic link that leads out of its folder/);
      assert.equal(repository.git('for-each-ref'), '');
    });
  test('refuses a pipe, and a folder without a file', async () => {
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    assert.match((await publish(fresh().dir)).text, /pipe is neither a file nor a folder nor a link/);
    fs.rmSync(folder, { recursive: true });
    fs.mkdirSync(folder);
    assert.match((await publish(fresh().dir)).text, /no file to publish/);
  });
  test('has as many files as the limit, and not one more', async () => {
    fs.rmSync(folder, { recursive: true });
    put(Object.fromEntries(Array.from({ length: 10000 }, (_, i) => [`d${i % 20}/f${i}`, 'x'])));
    assert.equal((await publish(fresh().dir)).code, 0);
    put({ 'one-more': 'x' });
    const answer = await publish(fresh().dir);
    assert.equal(answer.error, 'limit');
    assert.match(answer.text, /over 10000 files/);
  });
  test('has a file of the limit, and not of a byte more', async () => {
    fs.truncateSync((put({ big: '' }), path.join(folder, 'big')), 64 << 20);
    assert.equal((await publish(fresh().dir)).code, 0);
    fs.truncateSync(path.join(folder, 'big'), (64 << 20) + 1);
    assert.match((await publish(fresh().dir)).text, /big has \d+ bytes, over 67108864/);
  });
  test('has a path of the limit, and not of a byte more', async () => {
    const deep = Array.from({ length: 5 }, () => 'a'.repeat(200)).join('/');
    put({ [`${deep}/${'b'.repeat(1024 - deep.length - 1)}`]: 'x' });
    assert.equal((await publish(fresh().dir)).code, 0);
    put({ [`${deep}/${'b'.repeat(1024 - deep.length)}`]: 'x' });
    assert.match((await publish(fresh().dir)).text, /over 1024 bytes/);
  });
  for (const branch of ['-x', 'a..b', 'a b', '', 'a.lock', 'a'.repeat(256)])
    test(`has no branch "${branch.slice(0, 20)}"`, async () => {
      assert.match((await publish(fresh().dir, ['--branch', branch])).text, /cannot be the name of a branch/);
    });
});

describe('a change to a repository that is there', () => {
  test('is a commit on its branch that leaves the other files as they are', async () => {
    const repository = fresh();
    const before = repository.commit({ 'kept.txt': 'kept', 'README.md': 'old', 'gone.txt': 'x', 'gone/a': '1', 'gone/b': '2' });
    const answer = await publish(repository.dir, ['--base', 'main', '--branch', 'feature/x', '--delete', 'gone.txt', '--delete', 'gone/', '--delete', 'never']);
    assert.equal(answer.code, 0, answer.text);
    assert.deepEqual(files(repository, 'feature/x'), ['100644 README.md', '100644 kept.txt', '100644 src/main.c']);
    assert.equal(repository.git('rev-parse', 'feature/x^'), before);
    assert.equal(repository.git('rev-parse', 'main'), before);
    assert.equal(repository.git('show', 'feature/x:README.md'), 'hello');
  });
  test('goes to the branch itself when that is the base', async () => {
    const repository = fresh();
    const before = repository.commit({ 'kept.txt': 'kept' });
    assert.equal((await publish(repository.dir, ['--base', 'main', '--into', 'services/shop'])).code, 0);
    assert.deepEqual(files(repository), ['100644 kept.txt', '100644 services/shop/README.md', '100644 services/shop/src/main.c']);
    assert.equal(repository.git('rev-parse', 'main^'), before);
  });
  test('puts a folder where a file was, and a file where a folder was', async () => {
    const repository = fresh();
    repository.commit({ src: 'a file', 'README.md/x': 'a folder' });
    assert.equal((await publish(repository.dir, ['--base', 'main'])).code, 0);
    assert.deepEqual(files(repository), ['100644 README.md', '100644 src/main.c']);
    repository.git('fsck', '--strict');
  });
  test('that changes nothing is no commit', async () => {
    const repository = fresh();
    const before = repository.commit({ 'README.md': 'hello\n', 'src/main.c': 'int main;\n', other: 'x' });
    const answer = await publish(repository.dir, ['--base', 'main', '--branch', 'feature']);
    assert.deepEqual([answer.code, answer.unchanged, answer.commit], [0, true, before]);
    assert.equal(repository.git('for-each-ref', '--format=%(refname)'), 'refs/heads/main');
  });
  test('works where a file of the base is moved', async () => {
    const repository = fresh();
    repository.commit({ 'a/file': 'the same bytes\n'.repeat(100) });
    fs.rmSync(folder, { recursive: true });
    put({ 'b/file': 'the same bytes\n'.repeat(100) });
    const server = await serve({ password: token });
    const answer = await publish(`${server.url}/${repository.name}`, ['--host', '127.0.0.1', '--token', token, '--base', 'main', '--delete', 'a']);
    assert.equal(answer.code, 0, answer.text);
    assert.deepEqual(files(repository), ['100644 b/file']);
  });
  test('needs the base', async () => {
    const repository = fresh();
    assert.match((await publish(repository.dir, ['--base', 'main'])).text, /has no such branch: was it renamed or deleted\?/);
    assert.match((await publish(path.join(root, 'nowhere.git'), ['--base', 'main'])).text, /there is no repository/);
  });
  test('deletes no path that is none', async () => {
    const repository = fresh();
    repository.commit({ x: 'x' });
    for (const gone of ['../x', 'a/../x', '.git/config', '/etc', ''])
      assert.ok((await publish(repository.dir, ['--base', 'main', '--delete', gone])).error, gone);
    assert.match((await publish(repository.dir, ['--delete', 'x'])).text, /without a base there is nothing to delete/);
  });
});

describe('what is not taken', () => {
  test('a branch that is there already is not overwritten', async () => {
    const repository = fresh();
    const before = repository.commit({ x: 'x' });
    const answer = await publish(repository.dir);
    assert.equal(answer.error, 'conflict');
    assert.match(answer.text, /the branch main of .* is there already, with other commits: it is not overwritten/);
    assert.equal(repository.git('rev-parse', 'main'), before);
    assert.deepEqual(left(), []);
  });
  test('a branch that moved meanwhile is not overwritten', async () => {
    const repository = fresh();
    repository.commit({ x: 'x' });
    let moved;
    const server = await serve({
      password: token,
      delay: request => {
        if (request.url.includes('service=git-receive-pack') && !moved) moved = repository.commit({ y: 'y' });
        return 0;
      },
    });
    const answer = await publish(`${server.url}/${repository.name}`, ['--host', '127.0.0.1', '--token', token, '--base', 'main']);
    assert.equal(answer.error, 'conflict', answer.text);
    assert.match(answer.text, /has moved while the commit was made: try again/);
    assert.equal(repository.git('rev-parse', 'main'), moved);
  });
  test('what a hook refuses is told in its words', async () => {
    const repository = fresh();
    fs.writeFileSync(path.join(repository.dir, 'hooks/pre-receive'), '#!/bin/sh\necho "GH006: main is protected" >&2\nexit 1\n', { mode: 0o755 });
    const server = await serve({ password: token });
    const answer = await publish(`${server.url}/${repository.name}`, ['--host', '127.0.0.1', '--token', token]);
    assert.equal(answer.error, 'denied');
    assert.match(answer.text, /does not take the branch main: \[remote rejected\] \(pre-receive hook declined\)\. It says: GH006: main is protected/);
    assert.equal(repository.git('for-each-ref'), '');
  });
});

describe('servers', () => {
  test('smart HTTP lets in who has the token, which nobody else sees', async () => {
    const server = await serve({ password: token });
    const repository = fresh();
    const url = `${server.url}/${repository.name}`;
    let answer = await publish(url);
    assert.match(answer.text, /wants a login: add a token for 127\.0\.0\.1 under integrations, one that may push to the repository/);
    answer = await publish(url, ['--host', '127.0.0.1', '--token', 'wrong-wrong']);
    assert.match(answer.text, /refuses the token/);
    assert.ok(!answer.text.includes('wrong-wrong') && !answer.said.includes('wrong-wrong'));
    answer = await publish(url, ['--host', '127.0.0.1'], { PROBE_TOKEN: token });
    assert.equal(answer.code, 0, answer.text);
    assert.equal(repository.git('rev-parse', 'main'), answer.commit);
    assert.ok(!spawnSync('grep', ['-rF', token, repository.dir, data]).stdout.length);
  });
  test('git daemon', async t => {
    const port = await freePort();
    const repository = fresh();
    const daemon = spawn('git', ['daemon', '--listen=127.0.0.1', `--port=${port}`, `--base-path=${root}`, '--export-all', '--enable=receive-pack', '--reuseaddr', root], { stdio: 'ignore', detached: true });
    t.after(() => process.kill(-daemon.pid, 'SIGKILL'));
    await until(() => connects(port));
    const answer = await publish(`git://127.0.0.1:${port}/${repository.name}`);
    assert.equal(answer.code, 0, answer.text);
    put({ 'README.md': 'again' });
    assert.equal((await publish(`git://127.0.0.1:${port}/${repository.name}`, ['--base', 'main', '--branch', 'b'])).code, 0);
    assert.equal(repository.git('rev-parse', 'b^'), answer.commit);
  });
  test('a server that does not answer is given up at the deadline', async () => {
    const server = await serve({ delay: () => Infinity });
    const begun = Date.now();
    const answer = await publish(`${server.url}/x.git`, ['--deadline', '700']);
    assert.equal(answer.error, 'timeout', answer.text);
    assert.ok(Date.now() - begun < 5000);
    assert.deepEqual(left(), []);
  });
  test('nobody waits for a push any more: it ends', async () => {
    const server = await serve({ delay: () => Infinity });
    const answer = await publish(`${server.url}/x.git`, ['--stop', '300']);
    assert.equal(answer.error, 'cancelled', answer.text);
    assert.match(answer.text, /nobody waits for/);
    assert.deepEqual(left(), []);
  });
  test('a server that is not there', async () => {
    const port = await freePort();
    assert.match((await publish(`http://127.0.0.1:${port}/x.git`)).text, /nobody answers at/);
  });
  test('what a killed callboard left behind goes at the next push', async () => {
    const server = await serve({ delay: () => Infinity });
    const { child, done } = start(`${server.url}/x.git`);
    await until(() => left().length === 1 && server.requests.length);
    child.kill('SIGKILL');
    await done;
    assert.equal(left().length, 1);
    assert.equal((await publish(fresh().dir)).code, 0);
    assert.deepEqual(left(), []);
  });
});

describe('ssh', () => {
  let sshd, port, dir, why;
  before(async () => {
    dir = fs.mkdtempSync(path.join(scratch, 'ssh-'));
    const daemon = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find(file => fs.existsSync(file));
    if (!daemon) { why = 'there is no sshd'; return; }
    for (const name of ['host', 'user', 'stranger']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(dir, name)]);
    fs.copyFileSync(path.join(dir, 'user.pub'), path.join(dir, 'authorized'));
    port = await freePort();
    fs.writeFileSync(path.join(dir, 'config'), [`ListenAddress 127.0.0.1:${port}`, `HostKey ${dir}/host`, `AuthorizedKeysFile ${dir}/authorized`, `PidFile ${dir}/pid`,
      'StrictModes no', 'UsePAM no', 'PasswordAuthentication no', 'PermitRootLogin prohibit-password', ''].join('\n'));
    try { fs.mkdirSync('/run/sshd', { recursive: true }); } catch { /* only needed as root */ }
    sshd = spawn(daemon, ['-D', '-e', '-f', path.join(dir, 'config')], { stdio: 'ignore' });
    try { await until(() => connects(port), 5); } catch { why = 'sshd does not start'; return; }
    fs.writeFileSync(path.join(dir, 'known'), `[127.0.0.1]:${port} ${fs.readFileSync(path.join(dir, 'host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')}\n`);
    const tried = spawnSync('ssh', ['-F', 'none', '-o', 'BatchMode=yes', '-o', `UserKnownHostsFile=${dir}/known`, '-i', path.join(dir, 'user'), '-p', String(port), '127.0.0.1', 'true']);
    if (tried.status !== 0) why = `sshd lets nobody in here: ${tried.stderr}`;
  });
  after(() => sshd?.kill());

  test('takes the push of who has the key', async t => {
    if (why) return t.skip(why);
    const repository = fresh();
    const at = key => ['--host', '127.0.0.1', '--key', path.join(dir, key), '--known', path.join(dir, 'known')];
    const answer = await publish(`ssh://127.0.0.1:${port}${repository.dir}`, at('user'));
    assert.equal(answer.code, 0, answer.text);
    assert.equal(repository.git('rev-parse', 'main'), answer.commit);
    assert.match((await publish(`ssh://127.0.0.1:${port}${repository.dir}`, [...at('stranger'), '--branch', 'other'])).text, /does not accept the ssh key/);
    return undefined;
  });
});

describe('a repository of our own', () => {
  const own = path.join(scratch, 'own');
  const make = (name, ...args) => publish(name, ['--create', own, ...args]);

  test('is there, whole, under its name', async () => {
    const answer = await make('acme/shop', '--branch', 'trunk');
    assert.equal(answer.code, 0, answer.text);
    assert.equal(answer.dir, path.join(own, 'acme/shop.git'));
    const git = (...args) => execFileSync('git', args, { env: { ...process.env, GIT_DIR: answer.dir } }).toString().trim();
    assert.equal(git('rev-parse', 'HEAD'), answer.commit);
    assert.equal(git('symbolic-ref', 'HEAD'), 'refs/heads/trunk');
    assert.equal(git('ls-tree', '-r', '--name-only', 'HEAD'), 'README.md\nsrc/main.c');
    git('fsck', '--strict');
    execFileSync('git', ['clone', '-q', `file://${answer.dir}`, path.join(scratch, 'cloned')]);
    assert.deepEqual(fs.readdirSync(own), ['acme']);
  });
  test('is not made twice', async () => {
    const answer = await make('acme/shop');
    assert.equal(answer.error, 'conflict');
    assert.match(answer.text, /there is a repository acme\/shop already/);
  });
  test('takes a change like any other', async () => {
    put({ more: 'x' });
    assert.equal((await publish(path.join(own, 'acme/shop.git'), ['--base', 'trunk', '--branch', 'change'])).code, 0);
  });
  for (const name of ['', '/etc/x', '../x', 'a/../b', '.hidden', 'a//b', 'a/.b', 'x.git/y', 'a b', 'x.lock', 'a/b/c/d/e', 'n'.repeat(101), '-x'])
    test(`has no name "${name.slice(0, 20)}"`, async () => {
      assert.match((await make(name)).text ?? '', /is no name of a repository|^$/);
      assert.equal(fs.existsSync('/etc/x.git'), false);
    });
  test('has a name of the limits', async () => {
    assert.equal((await make(`a/b/c/${'n'.repeat(100)}`)).code, 0);
  });
  test('goes again as long as nobody has pushed to it', async () => {
    const { commit, dir } = await make('gone');
    const remove = (name, id) => publish(name, ['--remove', own, '--commit', id]);
    assert.match((await remove('gone', '0'.repeat(40))).text, /somebody has pushed/);
    assert.equal((await remove('gone', commit)).code, 0);
    assert.equal(fs.existsSync(dir), false);
    const again = await make('gone');
    await publish(again.dir, ['--base', 'main', '--branch', 'other', '--into', 'x']);
    assert.match((await remove('gone', again.commit)).text, /somebody has pushed to gone since it was made: it stays/);
    assert.equal(fs.existsSync(again.dir), true);
    assert.deepEqual(fs.readdirSync(own).filter(name => name.startsWith('.callboard')), []);
  });
});
