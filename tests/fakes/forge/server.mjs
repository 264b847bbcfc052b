// GitHub, GitLab or Gitea as far as the forge plugin asks them: published REST API, from plain lists. Every answer says that it is
// simulated (X-Simulated).
//
//   const forge = await startForge({ type: 'github', token: 'secret', world: company(), git: '/dir' });
//   forge.url, forge.world (change it, and the answers change), forge.requests (texts "GET /path?query"); await forge.close();
//   forge.put(repository('x'))              a repository comes, or is another one now; with `git`, it can be cloned
//   forge.push('x', {'a.yaml': 'text'})     a commit; null takes a file away
//
// Options
//   type          github (API below /api/v3 and /api/graphql, as of an Enterprise Server), gitlab (/api/v4), gitea or forgejo (/api/v1)
//   token         anything else is 401; none: open
//   world         data.mjs
//   git           folder for bare repositories: then what `clone_url` says is real, on the same port, by git http-backend
//   page          rows of a page at most; 100, of Gitea 50
//   trees         names of a page of a tree; 1000
//   hook          {url, secret}: where put and push send a webhook to, signed as that forge signs
// and, to be set at any time
//   answer        (request, url) => [status, body, headers] or undefined: instead of what it would say
//   delay         (request, url) => milliseconds before the answer; Infinity: never
//   truncate      (request, url) => bytes of the answer after which the connection is cut
//
// Or from a shell, a simulated company on 127.0.0.1:
//
//   node tests/fakes/forge/server.mjs --port 3000 --token T --type gitea --git DIR [--hook URL --secret S]
//
// says "http://127.0.0.1:3000" when it is ready. callboard finds it with
//
//   integrations: [{host: "127.0.0.1:3000", type: gitea, clone: "http://127.0.0.1:3000/"}]
//   plugins: {forge: {organizations: [{name: labs, type: gitea, url: "http://127.0.0.1:3000", organization: acme-labs, token: T, webhook_secret: S}]}}
//
// and --hook http://127.0.0.1:7007/api/plugins/forge/webhook/labs. A new repository, which callboard hears of by that webhook:
//
//   curl -X POST 'http://127.0.0.1:3000/-/create?name=new-service'         (DELETE takes one away)
import { createHmac, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Repository } from '../git-http/repository.mjs';
import { serveGit } from '../git-http/server.mjs';
import { company, groupPath, repository, shapes } from './data.mjs';

const prefixes = { github: '/api/v3', gitlab: '/api/v4', gitea: '/api/v1', forgejo: '/api/v1' };
const pages = { github: 100, gitlab: 100, gitea: 50, forgejo: 50 };

class Forge {
  constructor(options) {
    Object.assign(this, { type: 'github', world: company(), requests: [], bodies: [], children: new Set(), sockets: new Set(), bare: new Map() }, options);
    this.shape = shapes[this.type];
    this.page ??= pages[this.type];
  }

  // ---- repositories that can be cloned

  #commit(r, files) {
    if (!this.git) return;
    if (!this.bare.has(r.name)) {
      const dir = path.join(this.git, r.owner, `${r.name}.git`);
      fs.rmSync(dir, { recursive: true, force: true });
      this.bare.set(r.name, new Repository(dir));
    }
    if (Object.keys(files).length) this.bare.get(r.name).commit(files, { branch: r.branch });
  }

  async put(r, { tell = true } = {}) {
    const known = this.world.repositories.findIndex(o => o.name === r.name);
    if (known >= 0) this.world.repositories[known] = r;
    else this.world.repositories.push(r);
    if (known < 0 || !this.bare.has(r.name)) this.#commit(r, r.files);
    if (tell) await this.tell('repository', { action: known < 0 ? 'created' : 'edited', repository: this.shape.repository(this.url, r) });
    return r;
  }

  async push(name, files, { tell = true } = {}) {
    const r = this.find(name);
    const added = Object.keys(files).filter(f => files[f] !== null && !(f in r.files)), removed = Object.keys(files).filter(f => files[f] === null);
    for (const [file, text] of Object.entries(files)) if (text === null) delete r.files[file]; else r.files[file] = text;
    r.at = new Date().toISOString().replace(/\.\d+/, '');
    this.#commit(r, files);
    const modified = Object.keys(files).filter(f => !added.includes(f) && !removed.includes(f)), kind = this.type === 'gitlab' ? { object_kind: 'push', project: this.shape.repository(this.url, r) } : { repository: this.shape.repository(this.url, r) };
    if (tell) await this.tell('push', { ref: `refs/heads/${r.branch}`, before: '1'.repeat(40), after: '2'.repeat(40), commits: [{ id: '2'.repeat(40), added, removed, modified }], total_commits: 1, total_commits_count: 1, ...kind });
  }

  async drop(name, { tell = true } = {}) {
    const r = this.find(name);
    this.world.repositories = this.world.repositories.filter(o => o !== r);
    this.bare.delete(name);
    if (this.git) fs.rmSync(path.join(this.git, r.owner, `${r.name}.git`), { recursive: true, force: true });
    if (tell) await this.tell('repository', { action: 'deleted', repository: this.shape.repository(this.url, r) });
  }

  find(name) {
    return this.world.repositories.find(r => r.name === name);
  }

  // ---- webhooks

  signed(event, body, secret) {
    const text = typeof body === 'string' ? body : JSON.stringify(body), sum = createHmac('sha256', secret).update(text).digest('hex'), id = randomUUID();
    const headers = { 'content-type': 'application/json' };
    if (this.type === 'github') Object.assign(headers, { 'x-github-event': event, 'x-github-delivery': id, 'x-hub-signature-256': `sha256=${sum}` });
    else if (this.type === 'gitlab') Object.assign(headers, { 'x-gitlab-event': event === 'push' ? 'Push Hook' : 'System Hook', 'x-gitlab-event-uuid': id, 'x-gitlab-token': secret });
    else Object.assign(headers, { 'x-gitea-event': event, 'x-gitea-delivery': id, 'x-gitea-signature': sum });
    return { text, headers };
  }

  async tell(event, body) {
    if (!this.hook) return;
    if (this.type === 'gitlab' && event === 'repository') {
      const names = { created: 'project_create', deleted: 'project_destroy', edited: 'project_update' };
      body = { event_name: names[body.action], project_id: body.repository.id, path_with_namespace: body.repository.path_with_namespace };
    }
    const { text, headers } = this.signed(event, body, this.hook.secret);
    const answer = await fetch(this.hook.url, { method: 'POST', body: text, headers }).catch(error => ({ status: 0, text: () => String(error) }));
    this.heard = { status: answer.status, text: await answer.text() };
  }

  // ---- the API: [status, body, headers]

  #list(rows, url) {
    const asked = Number(url.searchParams.get('per_page') ?? url.searchParams.get('limit') ?? 30), n = Math.max(1, Math.min(asked, this.page));
    const page = Number(url.searchParams.get('page') ?? 1), last = Math.max(1, Math.ceil(rows.length / n));
    const at = p => { const u = new URL(url); u.searchParams.set('page', p); return `<${u}>`; };
    const links = [...(page < last ? [`${at(page + 1)}; rel="next"`, `${at(last)}; rel="last"`] : []), ...(page > 1 ? [`${at(page - 1)}; rel="prev"`] : [])];
    const headers = this.type === 'gitlab'
      ? { 'x-page': page, 'x-next-page': page < last ? page + 1 : '', 'x-per-page': n, 'x-total': rows.length, 'x-total-pages': last }
      : this.type === 'github' ? {} : { 'x-total-count': rows.length };
    return [200, rows.slice((page - 1) * n, page * n).filter(row => !row.hidden), { ...headers, ...(links.length && (this.shape !== shapes.gitea || url.pathname.endsWith('/repos')) && { link: links.join(', ') }) }];
  }

  #missing() {
    return [404, { message: this.type === 'gitlab' ? '404 Not Found' : 'Not Found' }];
  }

  #content(r, file, branch) {
    const text = r && (branch ?? r.branch) === r.branch ? r.files[file] : undefined;
    if (text === undefined) return this.#missing();
    return [200, { type: 'file', name: path.basename(file), path: file, file_path: file, size: text.length, encoding: 'base64', content: Buffer.from(text).toString('base64') }];
  }

  #names(r) {
    const folders = [...new Set(Object.keys(r.files).map(f => path.dirname(f)).filter(f => f !== '.'))];
    return [...folders.map(f => ({ path: f, type: 'tree' })), ...Object.keys(r.files).map(f => ({ path: f, type: 'blob' }))];
  }

  #tree(r, branch, url) {
    if (!r || branch !== r.branch) return this.shape === shapes.gitea ? [400, { message: 'object does not exist' }] : this.#missing();
    const names = this.#names(r), page = Number(url.searchParams.get('page') ?? 1), n = this.trees ?? 1000;
    if (!names.length) return [409, { message: 'Git Repository is empty.' }];
    return [200, { sha: '1', tree: names.slice((page - 1) * n, page * n), truncated: page * n < names.length, page, total_count: names.length }];
  }

  // Of a team with those of the teams below it, as GitHub answers.
  #members(t) {
    const below = this.type === 'github' ? this.world.teams.filter(o => o.parent === t.slug).flatMap(o => this.#members(o)) : [];
    return [...new Set([...t.members.map(login => this.world.people.find(p => p.login === login)), ...below])].filter(Boolean);
  }

  #ask(url) {
    const { world, shape, url: base } = this, org = world.organization;
    // Gitea leaves what the token may not see out of the page that it counts it to
    const seen = list => (this.shape === shapes.gitea ? list : list.filter(r => !r.hidden));
    const repositories = list => this.#list(seen(list).map(r => ({ ...shape.repository(base, r), hidden: r.hidden })), url), people = list => this.#list(list.map(p => shape.member(base, p)), url);
    const teams = () => this.#list(world.teams.map(t => shape.team(base, t, world)), url);
    const parts = url.pathname.slice(prefixes[this.type].length + 1).split('/').map(decodeURIComponent);
    const [a, b, c, d, ...rest] = parts, person = login => world.people.find(p => p.login === login || String(p.id) === login);
    const one = login => { const p = person(login); return p ? [200, shape.person(base, p)] : this.#missing(); };

    if (this.type === 'gitlab') return this.#gitlab(url, a, b, c, d, rest, { repositories, people, one });
    if (a === 'orgs' && b === org && c === 'repos') return repositories(world.repositories);
    if (a === 'users' && c === 'repos') return b === world.user ? repositories(world.repositories) : this.#missing();
    if (a === 'orgs' && b === org && c === 'members') return people(world.people);
    if (a === 'orgs' && b === org && c === 'teams' && d === undefined) return teams();
    if (this.type === 'github' && a === 'orgs' && b === org && c === 'teams' && rest[0] === 'members') {
      const t = world.teams.find(o => o.slug === d);
      return t ? people(this.#members(t)) : this.#missing();
    }
    if (this.type !== 'github' && a === 'teams' && c === 'members') {
      const t = world.teams.find(o => String(o.id) === b);
      return t ? people(this.#members(t)) : this.#missing();
    }
    if (a === 'users' && c === undefined) return one(b);
    const r = a === 'repos' && world.repositories.find(o => o.owner === b && o.name === c);
    if (a === 'repos' && d === undefined) return r ? [200, shape.repository(base, r)] : this.#missing();
    if (a === 'repos' && d === 'git' && rest[0] === 'trees') return this.#tree(r, rest.slice(1).join('/'), url);
    if (a === 'repos' && d === 'contents') return this.#content(r, rest.join('/'), url.searchParams.get('ref') ?? undefined);
    return this.#missing();
  }

  #gitlab(url, a, b, c, d, rest, { repositories, people, one }) {
    const { world, shape, url: base } = this, org = world.organization, t = world.teams.find(o => String(o.id) === b || groupPath(world, o) === b);
    if (a === 'groups' && b === org && c === undefined) return [200, { id: 1, name: org, path: org, full_path: org, parent_id: null, web_url: `${base}/groups/${org}`, description: '', avatar_url: null }];
    if (a === 'groups' && b === org && c === 'projects')
      return repositories(world.repositories.filter(r => url.searchParams.get('archived') === null || String(r.archived) === url.searchParams.get('archived')));
    if (a === 'users' && c === 'projects') return b === world.user ? repositories(world.repositories) : this.#missing();
    if (a === 'groups' && (b === org || b === '1') && c === 'descendant_groups') return this.#list(world.teams.map(o => shape.team(base, o, world)), url);
    if (a === 'groups' && c === 'members') return b === org || b === '1' ? people(world.people) : t ? people(this.#members(t)) : this.#missing();
    if (a === 'users' && c === undefined) return one(b);
    const r = a === 'projects' && world.repositories.find(o => String(o.id) === b);
    if (a === 'projects' && c === undefined) return r ? [200, shape.repository(base, r)] : this.#missing();
    if (a === 'projects' && c === 'repository' && d === 'tree') return r && url.searchParams.get('ref') === r.branch ? this.#list(this.#names(r), url) : this.#missing();
    if (a === 'projects' && c === 'repository' && d === 'files') return this.#content(r, rest.join('/'), url.searchParams.get('ref') ?? undefined);
    return this.#missing();
  }

  // GitHub's GraphQL, as much of it as is asked: a connection of repositories, one of teams with their members, the members of one team.
  #graphql({ query, variables }) {
    const { world } = this, connection = (rows, cursor, first, node) => {
      const from = Number(cursor ?? 0), n = Math.min(first, this.page);
      return { pageInfo: { hasNextPage: from + n < rows.length, endCursor: rows.length ? String(Math.min(from + n, rows.length)) : null }, nodes: rows.slice(from, from + n).map(node) };
    };
    const missing = (root, what) => [200, { data: { [root]: null }, errors: [{ type: 'NOT_FOUND', path: [root], message: `Could not resolve to ${what} with the login of '${variables.login}'.` }] }];
    const members = t => connection(t.members, variables.inner, 100, login => ({ databaseId: world.people.find(p => p.login === login)?.id }));
    if (/repositories\(/.test(query)) {
      if (![world.organization, world.user].includes(variables.login)) return missing('repositoryOwner', 'a RepositoryOwner');
      const names = Object.keys(variables).filter(k => /^e\d+$/.test(k));
      const node = r => ({ databaseId: r.id, nameWithOwner: `${r.owner}/${r.name}`, url: `${this.url}/${r.owner}/${r.name}`, isArchived: r.archived, isFork: r.fork, isEmpty: Object.keys(r.files).length === 0, pushedAt: r.at,
        defaultBranchRef: Object.keys(r.files).length ? { name: r.branch } : null, repositoryTopics: { nodes: r.topics.map(name => ({ topic: { name } })) },
        ...Object.fromEntries(names.map(k => { const [branch, ...file] = variables[k].split(':'); return [k.replace('e', 'f'), ['HEAD', r.branch].includes(branch) && r.files[file.join(':')] !== undefined ? { __typename: 'Blob' } : null]; })) });
      return [200, { data: { repositoryOwner: { repositories: connection(world.repositories.filter(r => !r.hidden), variables.cursor, 50, node) } } }];
    }
    if (variables.login !== world.organization) return missing('organization', 'an Organization');
    const one = world.teams.find(t => t.slug === variables.slug);
    return [200, { data: { organization: variables.slug ? { team: one ? { members: members(one) } : null } : { teams: connection(world.teams, variables.cursor, 50, t => ({ slug: t.slug, members: members(t) })) } } }];
  }

  async #read(request) {
    let text = '';
    for await (const part of request) text += part;
    return JSON.parse(text);
  }

  #known(request) {
    if (!this.token) return true;
    const { authorization: auth, 'private-token': own } = request.headers;
    return this.type === 'gitlab' ? own === this.token || auth === `Bearer ${this.token}` : auth === `Bearer ${this.token}` || auth === `token ${this.token}`;
  }

  // For people at a shell: a repository comes or goes.
  async #hand(request, url) {
    const name = url.searchParams.get('name') ?? '';
    if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) return [400, { message: 'name: small letters, digits and -' }];
    if (request.method === 'DELETE') {
      if (!this.find(name)) return this.#missing();
      await this.drop(name);
    } else {
      await this.put(repository(name, { at: new Date().toISOString() }));
    }
    return [200, { name, webhook: this.heard ?? 'none is configured' }];
  }

  async handle(request, response) {
    const url = new URL(request.url, this.url);
    this.requests.push(`${request.method} ${request.url}`);
    const wait = this.delay?.(request, url) ?? 0;
    if (wait === Infinity) return;
    if (wait) await new Promise(done => setTimeout(done, wait));
    if (/^\/[^/]+\/[^/]+\.git\//.test(url.pathname) && this.git) return serveGit(request, response, { root: this.git }, this.children);
    let [status, body, headers] = this.answer?.(request, url)
      ?? (url.pathname === '/-/create' && request.method !== 'GET' ? await this.#hand(request, url)
        : this.type === 'github' && url.pathname === '/api/graphql' && request.method === 'POST' ? (this.#known(request) ? this.#graphql(await this.#read(request)) : [401, { message: 'Bad credentials' }])
        : !url.pathname.startsWith(`${prefixes[this.type]}/`) ? [404, { message: 'Not Found' }]
        : !this.#known(request) ? [401, { message: this.type === 'gitlab' ? '401 Unauthorized' : 'Bad credentials' }]
        : request.method === 'GET' || request.method === 'HEAD' ? this.#ask(url) : [405, { message: 'Method Not Allowed' }]);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'x-simulated': '1', ...headers });
    const cut = this.truncate?.(request, url);
    if (request.method === 'HEAD') response.end();
    else if (cut === undefined) response.end(text);
    else response.write(text.slice(0, cut), () => setTimeout(() => response.destroy(), 5));
  }

  async start(port = 0) {
    this.server = http.createServer((rq, rp) => this.handle(rq, rp).catch(error => rp.destroy(error)));
    this.server.on('connection', s => { this.sockets.add(s); s.on('close', () => this.sockets.delete(s)); });
    await new Promise((done, fail) => { this.server.on('error', fail); this.server.listen(port, '127.0.0.1', done); });
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
    for (const r of this.world.repositories) this.#commit(r, r.files);
    return this;
  }

  async close() {
    for (const child of this.children) child.kill('SIGKILL');
    for (const s of this.sockets) s.destroy();
    await new Promise(done => this.server.close(done));
  }
}

export const startForge = (options = {}) => new Forge(options).start(options.port);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: 'string' }, token: { type: 'string' }, type: { type: 'string', default: 'gitea' }, git: { type: 'string' }, hook: { type: 'string' }, secret: { type: 'string' } } });
  const forge = await startForge({
    type: values.type, token: values.token, port: Number(values.port ?? 0), git: values.git ?? fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-forge-')),
    ...(values.hook && { hook: { url: values.hook, secret: values.secret ?? '' } }),
  });
  console.log(forge.url);
}
