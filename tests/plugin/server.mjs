// A callboard with plugins of a test's choice in a folder of its own.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startServer } from '../support/server.mjs';
import { object } from './host.mjs';

export const catalog = (more = '') => ({
  'all.yaml': `apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: x, annotations: {example.com/greeting: Jane}}
spec: {type: service, lifecycle: production, owner: y}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: other}
spec: {type: service, lifecycle: production, owner: y}
${more}`,
});

export class Plugins {
  constructor(...names) {
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-plugins-'));
    fs.chmodSync(this.dir, 0o755);
    for (const name of names) this.put(name);
  }

  // As an operator should: beside it first, then in its place at once.
  put(name, file = object(name)) {
    fs.copyFileSync(file, path.join(this.dir, `.${name}.new`));
    fs.renameSync(path.join(this.dir, `.${name}.new`), path.join(this.dir, `${name}.so`));
  }

  remove() {
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

// SECTIONS: more lines below plugins:, each with two blanks in front.
export async function startWith(plugins, { sections = '', config = '', ...more } = {}) {
  // A plugin that crashes does so in its own words: the harness looks for a sanitizer's in callboard's log.
  const env = { ASAN_OPTIONS: 'handle_segv=0:handle_abort=0:handle_sigill=0:handle_sigfpe=0' };
  const server = await startServer({ env, catalog: catalog(), config: `plugins:\n  directory: ${plugins.dir}\n${sections}\n${config}`, ...more });
  server.panel = (name, query = '', ref = 'component/default/x', options) => server.get(`/api/panels/${ref}/${name}${query}`, options);
  server.plugin = async name => (await server.get(`/api/plugins/${name}`)).json;
  server.ready = (name, test = () => true) => server.until(`${name} is ready`, async () => {
    const p = await server.plugin(name);
    return p.state === 'ready' && test(p) && p;
  });
  server.logged = pattern => fs.readFileSync(server.log, 'utf8').split('\n').filter(line => pattern.test(line));
  return server;
}
