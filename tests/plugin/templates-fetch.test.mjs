// The actions that bring files into a workspace and fill skeletons in, and what a hostile author gets.
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { begin, EDENIED, EINVAL, ELIMIT, end, ENOTFOUND, ESCAPE, exporting, fails, FILES, OK, run, tree, workspace } from './steps.mjs';

before(begin);
after(end);

/* ---- fetch:plain */

test('fetch:plain asks for its folder where the input says, and nowhere else', async () => {
  for (const [targetPath, folder] of [[undefined, ''], ['./', ''], ['out', 'out'], ['a/../b/', 'b']]) {
    const asked = exporting({ 'x.txt': 'x' });
    const done = await run('fetch:plain', { url: './files', targetPath });
    assert.equal(done.code, OK, done.error);
    assert.deepEqual(asked, [{ url: './files', folder }]);
  }
  await fails(EDENIED, ESCAPE, 'fetch:plain', { url: './files', targetPath: '../x' });
  exporting({ code: EDENIED, error: ESCAPE });
  await fails(EDENIED, ESCAPE, 'fetch:plain', { url: '../files' });
});

test('fetch:plain:file puts one file where it is told to, with its rights', async () => {
  exporting({ text: 'T', mode: 0o755 });
  const done = await run('fetch:plain:file', { url: './run.sh', targetPath: 'bin/run' }, { files: { 'bin/run': 'old' } });
  assert.equal(done.code, OK, done.error);
  assert.deepEqual(done.tree(), ['bin/', 'bin/run']);
  assert.equal(fs.readFileSync(path.join(done.folder, 'bin/run'), 'utf8'), 'T');
  assert.equal(fs.statSync(path.join(done.folder, 'bin/run')).mode & 0o777, 0o755);
  await fails(EINVAL, /is a folder: it names the file itself/, 'fetch:plain:file', { url: './run.sh', targetPath: 'd' }, { files: FILES });
  exporting({ 'x.txt': 'x' });
  const folder = await fails(EINVAL, './files is a folder, not a single file', 'fetch:plain:file', { url: './files', targetPath: 'x' });
  assert.deepEqual(folder.tree(), []);
});

test('a token reads an https address, and is in no line of the log', async () => {
  const asked = exporting({ 'x.txt': 'x' });
  let done = await run('fetch:plain', { url: 'https://git.example.com/o/r', token: 's3cret/token' });
  assert.deepEqual(asked[0].url, 'https://x-access-token:s3cret%2Ftoken@git.example.com/o/r');
  assert.ok(!done.log.join().includes('s3cret'));
  done = await run('fetch:plain', { url: './files', token: 's3cret/token' });
  assert.deepEqual(asked[1].url, './files');
  assert.match(done.log.join(), /used for https addresses alone/);
});

/* ---- fetch:template */

const VALUES = { name: 'svc', dir: '', deep: 'a/b', t: true };
const SKELETON = {
  'a.txt': 'hello ${{ values.name }}\n', '${{values.name}}/b.txt': 'B', '${{ values.dir }}/gone.txt': 'x', '.dot': '${{ values.name }}',
  'bin.dat': Buffer.from([0, 1, 2, 0xff]), 'run.sh': { mode: 0o755, text: '#!/bin/sh\necho ${{ values.name }}\n' }, 'empty/': '', l: { link: 'a.txt' },
  'c.njk': '${{ values.name }}', 'd.txt.njk': 'x${{ values.name }}', 'raw.txt': '${{ values.name }}',
};
// {path: text}, a link as its target, what may be executed with a star behind its name.
function content(folder) {
  return Object.fromEntries(tree(folder).filter(f => !f.endsWith('/')).map(f => {
    const st = fs.lstatSync(path.join(folder, f));
    if (st.isSymbolicLink()) return [f, `-> ${fs.readlinkSync(path.join(folder, f))}`];
    return [st.mode & 0o100 ? `${f}*` : f, fs.readFileSync(path.join(folder, f), 'utf8')];
  }));
}
async function filled(input, skeleton = SKELETON, files = {}) {
  exporting(skeleton);
  const done = await run('fetch:template', { url: './skeleton', values: VALUES, ...input }, { files });
  assert.equal(done.code, OK, done.error);
  assert.ok(!fs.existsSync(path.join(done.folder, '.callboard-scratch')));
  return { ...done, content: content(done.folder) };
}
const FILLED = {
  '.dot': 'svc', 'a.txt': 'hello svc\n', 'bin.dat': Buffer.from([0, 1, 2, 0xff]).toString(), 'c.njk': 'svc', 'd.txt.njk': 'xsvc', l: '-> a.txt', 'raw.txt': 'svc',
  'run.sh*': '#!/bin/sh\necho svc\n', 'svc/b.txt': 'B',
};

test('fetch:template fills in paths and contents, and keeps rights, binaries, links and empty folders', async () => {
  const done = await filled({});
  assert.deepEqual(done.content, FILLED);
  assert.ok(done.tree().includes('empty/'));
  assert.match(done.log.at(-1), /^13 files and folders: 6 rendered, 3 copied, 2 left out by their path, 0 there already$/);
});

test('fetch:template writes below its target', async () => {
  assert.deepEqual((await filled({ targetPath: './out/x' }, { a: '1' })).content, { 'out/x/a': '1' });
  exporting({ '${{ values.up }}/a': '1' });
  await fails(EDENIED, ESCAPE, 'fetch:template', { url: './s', targetPath: 'out', values: { up: '../..' } });
  await fails(EDENIED, ESCAPE, 'fetch:template', { url: './s', targetPath: 'out', values: { up: '..' } });
  await fails(EDENIED, ESCAPE, 'fetch:template', { url: './s', targetPath: '../out' });
});

test('copyWithoutTemplating leaves contents as they are, and "!" takes away from it', async () => {
  assert.deepEqual((await filled({ copyWithoutTemplating: ['raw.txt', '**/b.txt'] })).content, { ...FILLED, 'raw.txt': '${{ values.name }}' });
  const raw = { ...FILLED, 'a.txt': 'hello svc\n', 'raw.txt': '${{ values.name }}' };
  assert.deepEqual((await filled({ copyWithoutTemplating: ['*.txt', '!a.txt'] })).content, raw);
  assert.deepEqual((await filled({ copyWithoutTemplating: ['{raw,none}.txt'] })).content, raw);
  const dot = { ...FILLED, '.dot': '${{ values.name }}' };
  assert.deepEqual((await filled({ copyWithoutTemplating: ['.*'] })).content, dot);
});

test('bytes that are no UTF-8 stay as they are, beside what is rendered', async () => {
  const latin1 = Buffer.from('caf\xe9 au lait, s\xe9rieux', 'latin1'), utf16 = Buffer.from('\ufeffname: ${{ values.name }}', 'utf16le');
  const { folder } = await filled({}, { plain: { text: latin1 }, some: { text: Buffer.concat([latin1, Buffer.from(' for ${{ values.name }}')]) }, utf16: { text: utf16 } });
  assert.ok(fs.readFileSync(path.join(folder, 'plain')).equals(latin1));
  assert.ok(fs.readFileSync(path.join(folder, 'some')).equals(Buffer.concat([latin1, Buffer.from(' for svc')])));
  assert.ok(fs.readFileSync(path.join(folder, 'utf16')).equals(utf16));
});

test('copyWithoutRender has no effect, and the log says so', async () => {
  const done = await filled({ copyWithoutRender: ['raw.txt'] });
  assert.deepEqual(done.content, FILLED);
  assert.match(done.log.join(), /copyWithoutRender has no effect/);
});

test('templateFileExtension renders those files alone, and cuts it off', async () => {
  const some = { ...FILLED, '.dot': '${{ values.name }}', 'a.txt': 'hello ${{ values.name }}\n', 'raw.txt': '${{ values.name }}', 'run.sh*': SKELETON['run.sh'].text, c: 'svc', 'd.txt': 'xsvc' };
  delete some['c.njk'];
  delete some['d.txt.njk'];
  for (const templateFileExtension of [true, '.njk', 'njk']) assert.deepEqual((await filled({ templateFileExtension })).content, some);
  for (const templateFileExtension of [false, '']) assert.deepEqual((await filled({ templateFileExtension })).content, FILLED);
  for (const more of [{ copyWithoutTemplating: ['x'] }, { cookiecutterCompat: true }])
    await fails(EINVAL, 'Fetch action input extension incompatible with copyWithoutTemplating and cookiecutterCompat', 'fetch:template', { url: './s', templateFileExtension: true, ...more });
});

test('files that are there stay, unless replace says otherwise', async () => {
  const old = { 'a.txt': 'OLD', 'svc/b.txt': 'OLD' };
  assert.deepEqual((await filled({}, SKELETON, old)).content, { ...FILLED, ...old });
  assert.deepEqual((await filled({ replace: true }, SKELETON, old)).content, FILLED);
});

test('a path that comes out empty, absolute or with an empty part is left out, with all below it', async () => {
  const skeleton = { 'x/${{ values.dir }}/y': '2', '${{ values.dir }}/z': '3', 'x${{ values.dir }}': { link: 'k' } , k: '4' };
  delete skeleton['x${{ values.dir }}'];
  assert.deepEqual((await filled({}, skeleton)).content, { k: '4' });
  assert.deepEqual((await filled({}, { '${{ values.deep }}/f': '1' })).content, { 'a/b/f': '1' });
});

test('whitespace options and cookiecutter form', async () => {
  const text = 'x\n  {% if values.t %}\ny\n  {% endif %}\nz\n';
  assert.deepEqual((await filled({}, { a: text })).content, { a: 'x\n  \ny\n  \nz\n' });
  assert.deepEqual((await filled({ trimBlocks: true, lstripBlocks: true }, { a: text })).content, { a: 'x\ny\nz\n' });
  assert.deepEqual((await filled({ cookiecutterCompat: true, values: { name: 'svc' } }, { '{{cookiecutter.name}}': '{{ cookiecutter.name }} ${{ cookiecutter.name }} {{ cookiecutter|jsonify }}' })).content,
    { svc: 'svc $svc {"name":"svc"}' });
});

test('a template that cannot be read says where, and nothing of it stays', async () => {
  for (const [skeleton, sentence] of [
    [{ 'src/a.txt': 'ok\n${{ values.x | nope }}' }, /^src\/a\.txt:2:\d+: .*nope/], [{ 'a.txt': '${{ values.x ' }, /^a\.txt:1:\d+: /], [{ 'a.txt': 'ok\nno comment begins here #}' }, /^a\.txt:2:\d+: /], [{ '${{ x ': '1' }, /^\$\{\{ x :1:\d+: /],
  ]) {
    exporting(skeleton);
    const done = await fails(EINVAL, sentence, 'fetch:template', { url: './s', values: VALUES });
    assert.ok(!done.tree().some(f => f.includes('.callboard')));
  }
});

test('a skeleton that is no folder, or cannot be had, is told', async () => {
  exporting({ text: 'x' });
  await fails(EINVAL, './a.txt is a single file, not a folder', 'fetch:template', { url: './a.txt' });
  exporting({ code: ENOTFOUND, error: 'no skeleton there' });
  await fails(ENOTFOUND, 'no skeleton there', 'fetch:template', { url: './none' });
});

test('fetch:template:file fills in one file, whose name is no template', async () => {
  exporting({ text: 'hello ${{ values.name }}\n', mode: 0o755 });
  let done = await run('fetch:template:file', { url: './a', targetPath: 'x/${{values.name}}.txt', values: VALUES });
  assert.deepEqual(content(done.folder), { 'x/${{values.name}}.txt*': 'hello svc\n' });
  done = await run('fetch:template:file', { url: './a', targetPath: 'y', values: VALUES }, { files: { y: 'OLD' } });
  assert.deepEqual(content(done.folder), { y: 'OLD' });
  assert.match(done.log[0], /already exists/);
  done = await run('fetch:template:file', { url: './a', targetPath: 'y', values: VALUES, replace: true }, { files: { y: 'OLD' } });
  assert.deepEqual(content(done.folder), { 'y*': 'hello svc\n' });
  exporting({ text: '${{ nope( }}' });
  await fails(EINVAL, /^\.\/a:1:/, 'fetch:template:file', { url: './a', targetPath: 'y' });
});

test('workspace:template and workspace:template:file do the same with what is there', async () => {
  const files = { 'sk/${{values.name}}.txt': 'I am ${{ values.name }}', 'sk/raw': '${{ values.name }}' };
  let done = await run('workspace:template', { sourcePath: 'sk', targetPath: '.', copyWithoutTemplating: ['raw'], values: VALUES }, { files });
  assert.equal(done.code, OK, done.error);
  assert.deepEqual(content(done.folder), { ...files, 'svc.txt': 'I am svc', raw: '${{ values.name }}' });
  for (const targetPath of ['sk', 'sk/out', './sk/'])
    await fails(EINVAL, 'targetPath must not be within template path', 'workspace:template', { sourcePath: 'sk', targetPath, copyWithoutTemplating: [] }, { files });
  done = await run('workspace:template:file', { sourcePath: 'sk/raw', targetPath: 'q/z', values: VALUES }, { files });
  assert.equal(content(done.folder)['q/z'], 'svc');
  await fails(ENOTFOUND, /sk\/none/, 'workspace:template:file', { sourcePath: 'sk/none', targetPath: 'q' }, { files });
  await fails(EDENIED, ESCAPE, 'workspace:template:file', { sourcePath: '../x', targetPath: 'q' }, { files });
});

/* ---- a hostile author */

const hostile = [
  ['loops for ever', '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}', ELIMIT],
  ['calls itself', '{% macro m() %}${{ m() }}{% endmacro %}${{ m() }}', ELIMIT],
  ['writes without end', "{% for i in range(100000) %}${{ 'x' * 1 }}${{ 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' | replace('x', 'yyyyyyyyyyyyyyyyyyyy') }}{% endfor %}", ELIMIT],
  ['doubles a text', '{% set x = "aaaaaaaaaaaaaaaa" %}{% for i in range(64) %}{% set x = x ~ x %}{% endfor %}${{ x | length }}', ELIMIT],
  ['searches for ever', "${{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaX' | replace(r/^(a+)+$/, '') }}", ELIMIT],
  ['includes a file', "{% include '/etc/passwd' %}", EINVAL],
  ['imports a file', "{% import '/etc/passwd' as p %}${{ p }}", EINVAL],
  ['extends a file', "{% extends '/etc/passwd' %}", EINVAL],
  ['asks for the constructor', "${{ range.constructor('return process')() }}", EINVAL],
  ['asks for a prototype', '${{ values.__proto__.polluted }}${{ [].constructor.constructor("return 1")() }}', EINVAL],
];
for (const [what, text, code] of hostile) {
  test(`a template that ${what} is stopped with a sentence`, async () => {
    exporting({ 'x.txt': text });
    const since = Date.now();
    const done = await run('fetch:template', { url: './s', values: {} });
    assert.ok(Date.now() - since < 10000);
    if (done.code === OK) assert.doesNotMatch(fs.readFileSync(path.join(done.folder, 'x.txt'), 'utf8'), /root:|process|\[native/);
    else {
      assert.equal(done.error_code, code, done.error);
      assert.match(done.error, /^x\.txt:1:\d+: \S/);
    }
  });
}

test('a link that leads out of the skeleton is not taken, nor one that a rendered path would make lead out', async () => {
  for (const [name, link] of [['l', '/etc/passwd'], ['l', '../../../etc/passwd'], ['a/l', '../../x'], ['${{ values.here }}/l', '../x']]) {
    exporting({ [name]: { link } });
    await fails(EDENIED, /is a symbolic link to .*, which is not in the template: it is not taken/, 'fetch:template', { url: './s', values: { here: '.' } });
  }
});

test('no template is read, and nothing is written, through a link', async () => {
  exporting({ 'l/x.txt': 'mine' });
  await fails(EDENIED, /symbolic link/, 'fetch:template', { url: './s' }, { files: { l: { link: '/tmp' } } });
  await fails(EDENIED, /symbolic link/, 'workspace:template', { sourcePath: 'l', targetPath: 'out', copyWithoutTemplating: [] }, { files: { l: { link: '/etc' } } });
  await fails(EDENIED, /symbolic link/, 'workspace:template:file', { sourcePath: 'l', targetPath: 'out' }, { files: { l: { link: '/etc/passwd' } } });
});

test('more files than one action takes are refused', async () => {
  const folder = workspace();
  fs.mkdirSync(path.join(folder, 'many'));
  for (let i = 0; i < 20000; i++) fs.writeFileSync(path.join(folder, 'many', String(i)), '');
  await fails(ELIMIT, /more than 20000 files and folders/, 'fs:readdir', { paths: ['.'], recursive: true }, { workspace: folder });
});
