// docs/plugins.md as a newcomer follows it: with the installed files alone, from nothing to a panel.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { binary, missing, until } from '../support/server.mjs';
import { Plugins, catalog, startWith } from './server.mjs';

const root = process.env.CALLBOARD_ROOT ?? process.cwd();
const document = fs.readFileSync(path.join(root, 'docs/plugins.md'), 'utf8');
const block = language => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(document)[1];

describe('a newcomer who follows docs/plugins.md', { skip: missing }, () => {
  let dir, plugins, server;
  const run = (command, cwd = path.join(dir, 'weather')) => promisify(execFile)('sh', ['-ec', command], {
    cwd, env: { ...process.env, PATH: `${path.join(dir, 'bin')}:${process.env.PATH}`, CALLBOARD_CONFIG: '/dev/null', CALLBOARD_INCLUDE: path.join(dir, 'include') },
  });
  before(async () => {
    dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-newcomer-'));
    fs.mkdirSync(path.join(dir, 'bin'));
    fs.writeFileSync(path.join(dir, 'bin/callboard'), `#!/bin/sh\nexec '${binary()}' "$@"\n`, { mode: 0o755 });
    // As installed: the header alone, and nothing of the sources beside it.
    await run(`make -s -C '${path.dirname(binary())}' install-pluginincludeHEADERS pluginincludedir='${dir}/include/callboard' DESTDIR=`, dir);
    plugins = new Plugins();
    const all = catalog()['all.yaml'].replace('example.com/greeting: Jane', 'example.com/weather: Oslo');
    // The document's section, with a directory of this test's.
    server = await startWith(plugins, { sections: /^ {2}weather:.*$/m.exec(block('yaml'))[0], catalog: { 'all.yaml': all } });
  });
  after(async () => {
    await server?.stop();
    plugins?.remove();
    if (dir) fs.rmSync(dir, { recursive: true, force: true });
  });

  test('has a header that includes nothing but the C standard library', () => {
    assert.deepEqual(fs.readdirSync(path.join(dir, 'include/callboard')), ['plugin.h']);
  });
  test('begins, writes the plugin of the document, and checks it', async () => {
    await run('callboard plugin new weather', dir);
    fs.writeFileSync(path.join(dir, 'weather/plugin.c'), block('c'));
    const { stdout } = await run(`make CFLAGS='-Wall -Wextra -Werror -Wno-missing-field-initializers' check`);
    assert.match(stdout, /weather 0\.1\.0, contract 1\.0/);
    assert.match(stdout, /Temperature.*12 C/);
  });
  test('puts it into the directory of a callboard that serves, and sees its panel', async () => {
    assert.equal((await server.panel('weather/forecast')).status, 503);
    await run(`install weather.so '${plugins.dir}'`);
    await server.ready('weather');
    const { status, json } = await server.panel('weather/forecast');
    assert.equal(status, 200, JSON.stringify(json));
    assert.equal(json.data.summary, 'Oslo is cloudy');
    assert.deepEqual(json.data.items, [{ key: 'Sky', value: 'cloudy' }, { key: 'Temperature', value: '12 F', state: 'ok' }]);
    assert.match((await run(`callboard plugin list --url ${server.url}`)).stdout, /weather +0\.1\.0 +ready/);
    assert.match((await run(`callboard panel component:default/x weather/forecast --url ${server.url}`)).stdout, /Weather\nOslo is cloudy\n[^]*12 F/);
  });
  test('builds it anew, and the panel follows', async () => {
    const file = path.join(dir, 'weather/plugin.c');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replaceAll('cloudy', 'sunny').replace('0.1.0', '0.2.0'));
    await run(`make && install weather.so '${plugins.dir}'`);
    await server.ready('weather', p => p.version === '0.2.0');
    await until('the new weather is told', async () => (await server.panel('weather/forecast', '?refresh=true')).json.data.summary === 'Oslo is sunny');
  });
});

test('the document names every member of the descriptor that wire.h has', () => {
  const wire = fs.readFileSync(path.join(root, 'plugins/abi/wire.h'), 'utf8');
  const said = /Descriptor: (\{[^]*?\}\]\})\n/.exec(wire)[1];
  const chapter = document.slice(document.indexOf('## wire_descriptor'));
  for (const [, name] of said.matchAll(/"([a-z_]+)"/g)) assert.ok(chapter.includes(`\`${name}\``), name);
});
