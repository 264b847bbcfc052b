// What the journeys walk through: the callboard at CALLBOARD_URL, else one started on the example company, else,
// where no server is built, the stub.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startStub } from '../support/stub.mjs';
import { portalFiles, root } from './browser.mjs';

export async function startTarget() {
  if (process.env.CALLBOARD_URL) return { url: process.env.CALLBOARD_URL.replace(/\/$/, ''), stop: async () => {} };
  const support = join(root, 'tests/support/server.mjs');
  const binary = process.env.CALLBOARD_BINARY ?? join(root, 'build/callboard');
  if (existsSync(support) && existsSync(binary) && process.env.CALLBOARD_E2E !== 'stub') {
    const { startExample } = await import('../support/server.mjs');
    if (startExample) return startExample();
  }
  return startStub({ dist: portalFiles() });
}
