// What the journeys walk through: the callboard at CALLBOARD_URL, else one started on the example company, else,
// where no server is built (or CALLBOARD_E2E=stub), the stub.
import { missing, startExample } from '../support/server.mjs';
import { startStub } from '../support/stub.mjs';
import { portalFiles } from './browser.mjs';

export async function startTarget() {
  if (process.env.CALLBOARD_URL) return { url: process.env.CALLBOARD_URL.replace(/\/$/, ''), stop: async () => {} };
  if (missing || process.env.CALLBOARD_E2E === 'stub') return startStub({ dist: portalFiles() });
  return startExample({ env: { CALLBOARD_PORTAL_DIR: portalFiles() } });
}
