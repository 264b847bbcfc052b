// Holds the built portal to its budget: bytes after gzip, from Vite's manifest.
//   npm run sizes [-- DIST]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const KB = 1000;
const LIMITS = {
  entry: 130 * KB,
  css: 30 * KB,
  chunk: 200 * KB,
  pages: {
    'src/features/catalog/CatalogPage.tsx': 175 * KB,
    'src/features/entity/EntityPage.tsx': 220 * KB,
    'src/features/problems/ProblemsPage.tsx': 175 * KB,
    'src/features/plugins/PluginsPage.tsx': 175 * KB,
    'src/features/sources/SourcesPage.tsx': 175 * KB,
    'src/features/home/HomePage.tsx': 150 * KB,
    'src/features/preferences/PreferencesPage.tsx': 150 * KB,
    'src/features/register/RegisterPage.tsx': 175 * KB,
    'src/features/register/UnregisterPage.tsx': 175 * KB,
    'src/features/tokens/TokensPage.tsx': 175 * KB,
    'src/features/about/AboutPage.tsx': 150 * KB,
    'src/features/org/OrgPage.tsx': 150 * KB,
    'src/features/landscape/LandscapePage.tsx': 200 * KB,
    'src/features/search/SearchPage.tsx': 175 * KB,
    'src/features/scaffold/GalleryPage.tsx': 200 * KB,
    'src/features/scaffold/TasksPage.tsx': 200 * KB,
    'src/features/scaffold/TemplatePage.tsx': 330 * KB,
    'src/features/scaffold/TaskPage.tsx': 200 * KB,
  },
};

const dist = process.argv[2] ?? new URL('../../build/frontend-dist', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

const sizes = new Map();
function gz(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length);
  return sizes.get(file);
}

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

const sum = (files) => [...new Set(files)].reduce((total, file) => total + gz(file), 0);
const scripts = (keys) => [...keys].map((key) => manifest[key].file).filter((file) => file.endsWith('.js'));

const entryKey = Object.keys(manifest).find((key) => manifest[key].isEntry);
const entry = closure(entryKey);
const rows = [['entry', sum(scripts(entry)), LIMITS.entry]];
for (const [page, limit] of Object.entries(LIMITS.pages)) {
  rows.push([page.split('/').at(-1).replace('.tsx', ''), sum(scripts(closure(page, new Set(entry)))), limit]);
}
// What a page loads: styles of pages that are not open weigh nothing.
const styles = (keys) => [...new Set([...keys].flatMap((key) => manifest[key].css ?? []))];
for (const page of Object.keys(LIMITS.pages)) {
  rows.push([`css of ${page.split('/').at(-1).replace('.tsx', '')}`, sum(styles(closure(page, new Set(entry)))), LIMITS.css]);
}
for (const key of Object.keys(manifest)) {
  const file = manifest[key].file;
  if (file.endsWith('.js') && !entry.has(key)) rows.push([`chunk ${file}`, gz(file), LIMITS.chunk]);
}

let over = 0;
for (const [name, bytes, limit] of rows) {
  const bad = bytes > limit;
  if (bad) over++;
  if (bad || !name.startsWith('chunk')) {
    console.log(`${bad ? 'OVER' : 'ok  '}  ${(bytes / KB).toFixed(1).padStart(7)} of ${(limit / KB).toFixed(0)} KB  ${name}`);
  }
}
process.exit(over > 0 ? 1 : 0);
