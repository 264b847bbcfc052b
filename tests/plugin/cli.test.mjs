// callboard plugin and callboard panel, as a person at a terminal has them.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, missing } from '../support/server.mjs';
import { object } from './host.mjs';
import { Plugins, startWith } from './server.mjs';

const root = process.env.CALLBOARD_ROOT ?? process.cwd();
const callboard = async (args, opts = {}) => {
  try {
    return { code: 0, ...(await promisify(execFile)(binary(), args, { env: { ...process.env, CALLBOARD_CONFIG: '/dev/null' }, ...opts })) };
  } catch (e) {
    return { code: e.code, stdout: e.stdout, stderr: e.stderr };
  }
};

describe('callboard plugin', { skip: missing }, () => {
  let dir;
  before(() => { dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-cli-')); });
  after(() => fs.rmSync(dir, { recursive: true, force: true }));

  test('new writes a folder that builds against the header, and check draws its panel', async () => {
    assert.equal((await callboard(['plugin', 'new', 'hello'], { cwd: dir })).code, 0);
    execFileSync('make', [`CALLBOARD_INCLUDE=${root}/plugins/abi`, 'CFLAGS=-Wall -Wextra -Werror -Wno-missing-field-initializers'], { cwd: path.join(dir, 'hello') });
    const { code, stdout } = await callboard(['plugin', 'check', '--entity', 'entity.yaml', './hello.so'], { cwd: path.join(dir, 'hello') });
    assert.equal(code, 0, stdout);
    assert.match(stdout, /hello 0\.1\.0, contract 1\.0/);
    assert.match(stdout, /Hello, \*\*world\*\*!/);
  });
  test('new writes over nothing, and takes no name that is none', async () => {
    assert.match((await callboard(['plugin', 'new', 'hello'], { cwd: dir })).stderr, /File exists/);
    assert.match((await callboard(['plugin', 'new', '../x'], { cwd: dir })).stderr, /small letters/);
  });
  test('check says what is wrong with a file or a configuration, with its line', async () => {
    const text = path.join(dir, 'text.so'), config = path.join(dir, 'callboard.yaml');
    fs.writeFileSync(text, 'hello');
    fs.writeFileSync(config, 'plugins:\n  skeleton:\n    greeting: ""\n');
    const one = await callboard(['plugin', 'check', text]), two = await callboard(['plugin', 'check', '--config', config, object('skeleton')]);
    assert.deepEqual([one.code, two.code], [1, 1]);
    assert.match(one.stdout, /refused: .*file too short/);
    assert.match(two.stdout, /refused: .*callboard\.yaml:3:\d+: plugins\.skeleton: \/greeting/);
  });
});

describe('a callboard that serves', { skip: missing }, () => {
  let server, plugins;
  before(async () => {
    plugins = new Plugins('skeleton');
    server = await startWith(plugins, { sections: '  nobody: {}' });
  });
  after(async () => {
    await server?.stop();
    plugins?.remove();
  });
  const ask = (...args) => callboard([...args, '--url', server.url]);

  test('tells its plugins', async () => {
    const { stdout } = await ask('plugin', 'list');
    assert.match(stdout, /skeleton +1\.0\.0 +ready/);
    assert.match(stdout, /nobody .*refused .*there is no file/);
    assert.equal(JSON.parse((await ask('plugin', 'list', '-o', 'json')).stdout).items.length, 2);
  });
  test('is found by its configuration', async () => {
    assert.match((await callboard(['plugin', 'list', '--config', server.config])).stdout, /skeleton/);
  });
  test('loads one anew', async () => {
    assert.equal((await ask('plugin', 'reload', 'skeleton')).code, 0);
    assert.equal((await ask('plugin', 'reload', 'none')).code, 1);
    await server.ready('skeleton', p => p.reloads === 1);
  });
  test('shows panels as text', async () => {
    assert.match((await ask('panel', 'x')).stdout, /skeleton\/greeting +Greeting +ready/);
    assert.match((await ask('panel', 'component:default/x', 'skeleton/greeting')).stdout, /Greeting\nJane is greeted\nHello, \*\*Jane\*\*!/);
    assert.equal(JSON.parse((await ask('panel', 'x', 'skeleton/greeting', '-o', 'json')).stdout).data.type, 'text');
  });
  test('says with exit 1 that there is nothing', async () => {
    assert.equal((await ask('panel', 'other', 'skeleton/greeting')).code, 1);
    assert.equal((await ask('panel', 'none', 'skeleton/greeting')).code, 1);
  });
});
