// fetch:template gives the trees that a real Backstage gave, byte for byte (tests/template/cases.mjs).
import assert from 'node:assert';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { cases, file, values } from '../template/cases.mjs';
import { begin, end, exporting, OK, run, tree } from './steps.mjs';

before(begin);
after(end);

const recorded = JSON.parse(fs.readFileSync(file, 'utf8'));
for (const { name, files, input } of cases) {
  test(`as Backstage: ${name}`, async () => {
    exporting(Object.fromEntries(Object.entries(files).map(([p, text]) => [p, { text }])));
    const done = await run('fetch:template', { url: './skeleton', values, ...input });
    assert.equal(done.code, OK, done.error);
    const ours = Object.fromEntries(tree(done.folder).filter(f => !f.endsWith('/')).map(f => [f, fs.readFileSync(path.join(done.folder, f))]));
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(recorded[name]).sort());
    for (const [f, bytes] of Object.entries(ours)) assert.equal(bytes.toString('latin1'), Buffer.from(recorded[name][f], 'base64').toString('latin1'), f);
  });
}
