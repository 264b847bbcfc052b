// The same as bench_template.c with npm nunjitsu, made as Backstage's scaffolder makes it: node bench_nunjitsu.mjs VALUES.json FILE...
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(path.join(path.dirname(fileURLToPath(import.meta.url)), '../package.json'));
const { createTemplateRenderer } = require('nunjitsu');
const ROUNDS = 5;
const [values, ...files] = process.argv.slice(2);
const context = JSON.parse(fs.readFileSync(values, 'utf8')), texts = files.map(f => fs.readFileSync(f, 'utf8'));
let best = Infinity, bytes = 0;
for (let round = 0; round < ROUNDS; round++) {
  const from = performance.now();
  const render = createTemplateRenderer({ allowRegexExecution: true });
  bytes = 0;
  for (const text of texts) bytes += Buffer.byteLength(render.render(text, context));
  best = Math.min(best, performance.now() - from);
}
console.log(JSON.stringify({ ms: best, files: files.length, bytes }));
