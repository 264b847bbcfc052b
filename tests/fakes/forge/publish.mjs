// GitHub, GitLab or Gitea as far as templates' actions change them: published REST API for making and deleting repositories, pull and merge
// requests, webhooks, labels, workflows. Repositories are real ones, cloned from and pushed to on the same port by git http-backend.
//
//   const forge = await startPublishForge({ type: 'github', token: 'secret', git: '/dir' });
//   forge.url, forge.api, forge.requests [{method, path, body}], forge.repositories (Map of "owner/name"); await forge.close();
//   forge.make('acme', 'shop', {'a.yaml': 'text'})   a repository that is there already
//   forge.answer = (method, path, body) => [status, json] or undefined: instead of what it would say
//
// Organizations: acme; users: jane (the token's), joe.
import http from 'node:http';
import path from 'node:path';
import fs from 'node:fs';
import { Repository } from '../git-http/repository.mjs';
import { serveGit } from '../git-http/server.mjs';

const prefixes = { github: '/api/v3', gitlab: '/api/v4', gitea: '/api/v1' };
const users = { jane: 7, joe: 8 };
const namespaces = { acme: 1, 'acme/sub': 2, jane: 3 };

class PublishForge {
  constructor(options) {
    Object.assign(this, { requests: [], repositories: new Map(), children: new Set(), sockets: new Set(), ids: 100 }, options);
  }

  make(owner, name, files, more = {}) {
    const repository = new Repository(path.join(this.git, owner, `${name}.git`));
    const r = { id: ++this.ids, owner, name, repository, default_branch: 'main', pulls: [], hooks: [], labels: {}, variables: [], ...more };
    if (files) repository.commit(files);
    this.repositories.set(`${owner}/${name}`, r);
    return r;
  }

  remove(r) {
    this.repositories.delete(`${r.owner}/${r.name}`);
    fs.rmSync(r.repository.dir, { recursive: true, force: true });
    return [204];
  }

  show(r) {
    const clone = `${this.url}/${r.owner}/${r.name}.git`;
    if (this.type === 'gitlab')
      return { id: r.id, name: r.name, path_with_namespace: `${r.owner}/${r.name}`, http_url_to_repo: clone, default_branch: r.default_branch, visibility: r.visibility };
    return { id: r.id, name: r.name, full_name: `${r.owner}/${r.name}`, clone_url: clone, html_url: `${this.url}/${r.owner}/${r.name}`, default_branch: r.default_branch, private: r.private };
  }

  commits(r, n) {
    return [200, r.repository.git('rev-list', '--all', `--max-count=${n}`).split('\n').filter(Boolean).map(id => ({ sha: id, id }))];
  }

  pull(r, body) {
    const [head, base] = this.type === 'gitlab' ? [body.source_branch, body.target_branch] : [body.head, body.base];
    try { r.repository.git('rev-parse', '-q', '--verify', `refs/heads/${head}`); } catch { return [422, { message: 'Validation Failed', errors: [{ resource: 'PullRequest', field: 'head', code: 'invalid' }] }]; }
    if (r.pulls.some(p => p.head === head)) return [422, { message: 'Validation Failed', errors: [{ message: `A pull request already exists for acme:${head}.` }] }];
    const number = r.pulls.length + 1;
    r.pulls.push({ number, head, base, body });
    return [201, this.showPull(r, number)];
  }

  showPull(r, number) {
    const p = r.pulls[number - 1];
    return this.type === 'gitlab' ? { iid: number, web_url: `${this.url}/${r.owner}/${r.name}/-/merge_requests/${number}` }
      : { number, html_url: `${this.url}/${r.owner}/${r.name}/pull/${number}`, base: { ref: p.base }, head: { ref: p.head } };
  }

  #make(owner, body) {
    if (this.repositories.has(`${owner}/${body.name}`))
      return this.type === 'gitlab' ? [400, { message: { name: ['has already been taken'] } }]
        : this.type === 'gitea' ? [409, { message: 'The repository with the same name already exists.' }]
          : [422, { message: 'Repository creation failed.', errors: [{ resource: 'Repository', code: 'custom', field: 'name', message: 'name already exists on this account' }] }];
    return [201, this.show(this.make(owner, body.name, undefined, { ...body, default_branch: body.default_branch ?? 'main' }))];
  }

  #common(method, parts, body) {
    const r = this.repositories.get(`${parts[1]}/${parts[2]}`);
    const rest = parts.slice(3).join('/');
    if (!r) return [404, { message: 'Not Found' }];
    if (rest === '') return method === 'DELETE' ? this.remove(r) : [200, this.show(r)];
    if (rest === 'commits') return this.commits(r, 2);
    if (rest === 'pulls' && method === 'POST') return this.pull(r, body);
    if (rest === 'pulls') return [200, r.pulls.filter(p => `${r.owner}:${p.head}` === this.query.get('head')).map(p => this.showPull(r, p.number))];
    if (/^pulls\/\d+\/requested_reviewers$/.test(rest)) { r.reviewers = body; return [201, {}]; }
    return this[this.type]?.(method, r, rest, body) ?? [404, { message: 'Not Found' }];
  }

  github(method, r, rest, body) {
    const [, branch, protection] = /^branches\/([^/]+)(\/protection(?:\/required_signatures)?)?$/.exec(rest) ?? [];
    if (branch && protection && method === 'PUT') { r.protection = { branch, ...body }; return [200, {}]; }
    if (branch && protection) { r.signed = true; return [200, {}]; }
    if (branch) { try { return [200, { commit: { sha: r.repository.git('rev-parse', `refs/heads/${branch}`) } }]; } catch { return [404, { message: 'Branch not found' }]; } }
    if (rest === 'topics') { r.topics = body.names; return [200, body]; }
    if (rest.startsWith('collaborators/')) { (r.people ??= {})[rest.slice(14)] = body.permission; return [204]; }
    if (rest === 'actions/variables') { r.variables.push(body); return [201, {}]; }
    if (rest === 'actions/secrets/public-key') return [200, { key_id: '568250167242549743', key: this.publicKey }];
    if (rest.startsWith('actions/secrets/')) { (r.secrets ??= {})[rest.slice(16)] = body; return [201, {}]; }
    if (rest === 'keys') { (r.keys ??= []).push(body); return [201, { id: 1 }]; }
    if (rest === 'subscription') { r.subscribed = body.subscribed; return [200, {}]; }
    if (rest === 'hooks') { r.hooks.push(body); return [201, { id: 1 }]; }
    if (/^issues\/\d+\/labels$/.test(rest)) { r.labels[rest.split('/')[1]] = body.labels; return [200, []]; }
    if (/^issues\/\d+\/assignees$/.test(rest)) { r.assignees = body.assignees; return [201, {}]; }
    if (/^actions\/workflows\/[^/]+\/dispatches$/.test(rest)) { r.dispatched = { workflow: rest.split('/')[2], ...body }; return [204]; }
    return undefined;
  }

  say(method, parts, body) {
    if (this.type === 'gitlab') return this.gitlab(method, parts, body);
    if (parts[0] === 'repos') return this.#common(method, parts, body);
    if (parts[0] === 'users') return parts[1] === 'acme' ? [200, { login: 'acme', type: 'Organization' }] : users[parts[1]] ? [200, { login: parts[1], type: 'User' }] : [404, { message: 'Not Found' }];
    if (parts[0] === 'user' && parts[1] === 'repos') return this.#make('jane', body);
    if (parts[0] === 'user') return [200, { id: 7, login: 'jane' }];
    if (parts[0] === 'orgs' && parts[1] !== 'acme') return [404, { message: 'Not Found' }];
    if (parts[0] === 'orgs' && parts[2] === 'repos') return this.#make('acme', body);
    if (parts[0] === 'orgs' && parts[2] === 'teams') { const r = this.repositories.get(`${parts[5]}/${parts[6]}`); (r.teams ??= {})[parts[3]] = body.permission; return [204]; }
    if (parts[0] === 'orgs') return [200, { username: 'acme' }];
    return [404, { message: 'Not Found' }];
  }

  gitlab(method, parts, body) {
    if (parts[0] === 'user') return [200, { id: 7, username: 'jane' }];
    if (parts[0] === 'users') { const name = this.query.get('username'); return [200, users[name] ? [{ id: users[name], username: name }] : []]; }
    if (parts[0] === 'namespaces') return namespaces[parts[1]] ? [200, { id: namespaces[parts[1]], full_path: parts[1] }] : [404, { message: '404 Namespace Not Found' }];
    if (parts[0] !== 'projects') return [404, { error: '404 Not Found' }];
    if (parts.length === 1) return this.#make(Object.keys(namespaces).find(name => namespaces[name] === body.namespace_id), body);
    const r = this.repositories.get(parts[1]) ?? [...this.repositories.values()].find(o => String(o.id) === parts[1]);
    if (!r) return [404, { message: '404 Project Not Found' }];
    const rest = parts.slice(2).join('/');
    if (rest === '') return method === 'DELETE' ? this.remove(r) : [200, this.show(r)];
    if (rest === 'repository/commits') return this.commits(r, 2);
    if (rest === 'repository/branches') { r.repository.git('branch', body.branch, body.ref); return [201, {}]; }
    if (rest === 'protected_branches') { (r.protected ??= []).push(body.name); return [201, {}]; }
    if (rest === 'variables') { r.variables.push(body); return [201, {}]; }
    if (rest === 'members') { r.members = body; return [201, {}]; }
    if (rest === 'merge_requests') return this.pull(r, body);
    return [404, { error: '404 Not Found' }];
  }

  #allowed(request) {
    const { authorization = '' } = request.headers;
    return [`Bearer ${this.token}`, `token ${this.token}`].includes(authorization) || request.headers['private-token'] === this.token;
  }

  async handle(request, response) {
    const url = new URL(request.url, 'http://localhost');
    const prefix = prefixes[this.type];
    if (!url.pathname.startsWith(`${prefix}/`)) {
      const password = Buffer.from((request.headers.authorization ?? '').slice(6), 'base64').toString().split(':')[1];
      if (password !== this.token) return response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return serveGit(request, response, { root: this.git }, this.children);
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const body = text ? JSON.parse(text) : undefined;
    const at = url.pathname.slice(prefix.length);
    this.requests.push({ method: request.method, path: at + url.search, body });
    this.query = url.searchParams;
    const parts = at.split('/').slice(1).map(decodeURIComponent);
    const [status, json] = this.answer?.(request.method, at, body) ?? (this.#allowed(request) ? this.say(request.method, parts, body) : [401, { message: 'Bad credentials' }]);
    response.writeHead(status, { 'content-type': 'application/json', 'x-simulated': 'true' }).end(json === undefined ? '' : JSON.stringify(json));
    return undefined;
  }
}

export async function startPublishForge(options) {
  const forge = new PublishForge(options);
  const server = http.createServer((request, response) => forge.handle(request, response).catch(error => response.writeHead(500).end(String(error))));
  server.on('connection', socket => { forge.sockets.add(socket); socket.on('close', () => forge.sockets.delete(socket)); });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  forge.host = `127.0.0.1:${server.address().port}`;
  forge.url = `http://${forge.host}`;
  forge.api = forge.url + prefixes[forge.type];
  forge.close = async () => {
    for (const child of forge.children) child.kill('SIGKILL');
    for (const socket of forge.sockets) socket.destroy();
    await new Promise(done => server.close(done));
  };
  return forge;
}
