// Git repositories of generated catalogs, and changes to them by plumbing alone: no work tree is touched.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const identity = {
  GIT_AUTHOR_NAME: 'Bench', GIT_AUTHOR_EMAIL: 'bench@example.com', GIT_COMMITTER_NAME: 'Bench', GIT_COMMITTER_EMAIL: 'bench@example.com',
  GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1',
};
export const git = (dir, args, { input, env } = {}) =>
  execFileSync('git', ['-C', dir, ...args], { input, env: { ...process.env, ...identity, ...env }, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], maxBuffer: 1 << 28 }).trim();

// The same (n, per-file) gives the same files: kept from run to run.
export function generate(dir, n, perFile = 50) {
  const out = path.join(dir, `catalog-${n}`);
  if (!fs.existsSync(path.join(out, 'manifest.json')))
    execFileSync(process.execPath, [path.join(here, 'gen-catalog.mjs'), '--n', String(n), '--out', out, '--per-file', String(perFile)]);
  const manifest = JSON.parse(fs.readFileSync(path.join(out, 'manifest.json')));
  const files = fs.readdirSync(out).filter(f => /^catalog-\d+\.yaml$/.test(f)).sort();
  return { dir: out, manifest, files };
}

// A bare repository whose branch main holds FILES (name -> text), by fast-import.
export function bare(repo, files) {
  fs.rmSync(repo, { recursive: true, force: true });
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', '--template=', repo], { env: { ...process.env, ...identity } });
  const parts = [`commit refs/heads/main\ncommitter Bench <bench@example.com> 1735689600 +0000\ndata 5\nbegin\n`];
  for (const [name, bytes] of files) parts.push(`M 100644 inline ${name}\ndata ${bytes.length}\n`, bytes, '\n');
  execFileSync('git', ['-C', repo, 'fast-import', '--quiet'], { input: Buffer.concat(parts.map(p => Buffer.from(p))), maxBuffer: 1 << 28, env: { ...process.env, ...identity } });
  return repo;
}

// One commit on main that changes NAMEs: files is [[name, bytes]].
export function commit(repo, files, message = 'change') {
  const index = { GIT_INDEX_FILE: path.join(repo, 'bench-index') };
  if (!fs.existsSync(index.GIT_INDEX_FILE)) git(repo, ['read-tree', 'main'], { env: index });
  const rows = files.map(([name, bytes]) => `100644 ${git(repo, ['hash-object', '-w', '--stdin'], { input: bytes })}\t${name}`).join('\n');
  git(repo, ['update-index', '--index-info'], { input: rows + '\n', env: index });
  const tree = git(repo, ['write-tree'], { env: index });
  const id = git(repo, ['commit-tree', tree, '-p', 'main', '-m', message]);
  git(repo, ['update-ref', 'refs/heads/main', id]);
  return id;
}
