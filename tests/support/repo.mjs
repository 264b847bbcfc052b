// A Git repository with a work tree, for black box tests: write, commit, and what a descriptor is made of.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const env = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Jane Doe', GIT_AUTHOR_EMAIL: 'jane@example.com',
  GIT_COMMITTER_NAME: 'Jane Doe', GIT_COMMITTER_EMAIL: 'jane@example.com',
};

export class Repo {
  constructor(files = {}, name = 'repo') {
    this.home = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-repo-'));
    fs.chmodSync(this.home, 0o755);
    this.dir = path.join(this.home, name);
    fs.mkdirSync(this.dir);
    this.git('init', '-q', '-b', 'main');
    this.commit(files, 'begin');
  }

  git(...args) {
    return execFileSync('git', args, { cwd: this.dir, env, stdio: ['ignore', 'pipe', 'pipe'] }).toString().trim();
  }

  // FILES: path -> text, or null to delete. Returns the commit.
  commit(files, message = 'change') {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(this.dir, name);
      if (text === null) fs.rmSync(file, { recursive: true, force: true });
      else {
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, text);
      }
    }
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  remove() {
    fs.rmSync(this.home, { recursive: true, force: true });
  }
}

export const component = (name, { owner = 'team-a', description, extra = '' } = {}) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
${description === undefined ? '' : `  description: ${JSON.stringify(description)}\n`}spec:
  type: service
  lifecycle: production
  owner: ${owner}
${extra}`;

export const location = (name, targets, extra = '') => `apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: ${name}
spec:
  targets: ${JSON.stringify(targets)}
${extra}`;

export const documents = (...all) => all.join('---\n');
