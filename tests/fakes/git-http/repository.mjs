// Bare repositories for tests: made, committed to without a work tree, looked into.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

const env = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  HOME: '/nonexistent',
  GIT_AUTHOR_NAME: 'Jane Doe',
  GIT_AUTHOR_EMAIL: 'jane@example.com',
  GIT_COMMITTER_NAME: 'Jane Doe',
  GIT_COMMITTER_EMAIL: 'jane@example.com',
};

export class Repository {
  constructor(dir, { filter = true, format } = {}) {
    this.dir = dir;
    mkdirSync(path.dirname(dir), { recursive: true });
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', ...(format ? [`--object-format=${format}`] : []), dir], { env });
    this.git('config', 'uploadpack.allowFilter', String(filter));
  }

  git(...args) {
    return this.feed('', ...args);
  }

  feed(input, ...args) {
    return execFileSync('git', args, { env: { ...env, GIT_DIR: this.dir }, input, maxBuffer: 1 << 28 }).toString().trim();
  }

  // Commit FILES ({path: text or null}) on top of BRANCH; answers the commit's id.
  commit(files, { branch = 'main', message = 'change', orphan = false } = {}) {
    const ref = `refs/heads/${branch}`;
    let parent;
    try {
      parent = orphan ? undefined : this.git('rev-parse', '--verify', '-q', ref);
    } catch {
      parent = undefined;
    }
    let stream = `commit ${ref}\ncommitter Jane Doe <jane@example.com> ${Math.floor(Date.now() / 1000)} +0000\n`;
    stream += `data ${Buffer.byteLength(message)}\n${message}\n${parent ? `from ${parent}\n` : ''}`;
    const parts = [Buffer.from(stream)];
    for (const [name, text] of Object.entries(files)) {
      if (text === null) {
        parts.push(Buffer.from(`D ${name}\n`));
      } else {
        const bytes = Buffer.from(text);
        parts.push(Buffer.from(`M 100644 inline ${name}\ndata ${bytes.length}\n`), bytes, Buffer.from('\n'));
      }
    }
    if (orphan) this.git('update-ref', '-d', ref);
    this.feed(Buffer.concat(parts), 'fast-import', '--quiet', '--force');
    return this.git('rev-parse', ref);
  }
}
