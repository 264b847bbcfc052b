import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';

test.skipIf(!existsSync('../server/http/openapi.yaml'))('types.gen.ts is what the contract says', () => {
  const check = spawnSync(process.execPath, ['scripts/types.mjs', '--check'], { encoding: 'utf8' });
  expect(check.stderr).toBe('');
  expect(check.status).toBe(0);
});
