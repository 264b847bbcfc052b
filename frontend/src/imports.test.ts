import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

// What stands further left may be imported, nothing else: app -> features -> panels -> api -> ui -> lib.
const ORDER = ['lib', 'ui', 'api', 'panels', 'features', 'app'];

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file) && file.includes('/'),
);

test('there are sources to look at', () => expect(files.length).toBeGreaterThan(40));

test.each(files)('%s imports only what stands below it', (file) => {
  const [own, feature] = file.split('/');
  const wrong = [...readFileSync(`src/${file}`, 'utf8').matchAll(/(?:from|import\() ?'([^']+)'/g)]
    .map((match) => match[1]!)
    .filter((target) => {
      if (target.startsWith('../')) return true; // across folders the path is written out
      if (!target.startsWith('@/')) return false;
      const [, folder, other] = target.split('/');
      if (folder === 'features' && own === 'features') return other !== feature;
      return ORDER.indexOf(folder!) > ORDER.indexOf(own!);
    });
  expect(wrong).toEqual([]);
});
