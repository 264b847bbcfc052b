// A company on a forge, as plain lists, and what GitHub, GitLab and Gitea say of it. What is not asked for by callboard is left out,
// but for enough that an answer looks like one.

export const descriptor = (name, more = {}) => `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${name}
  description: ${JSON.stringify(more.description ?? `${name}, found on the forge`)}
  tags: [simulated]
spec: {type: ${more.type ?? 'service'}, lifecycle: ${more.lifecycle ?? 'production'}, owner: ${more.team ?? 'platform'}}
`;

const at = '2026-11-02T08:00:00Z';
let ids = 100;
export const repository = (name, more = {}) => ({ id: ++ids, owner: 'acme-labs', name, branch: 'main', topics: [], at, archived: false, fork: false, private: false,
  files: { 'README.md': `# ${name}\n`, 'catalog-info.yaml': descriptor(name, more) }, ...more });
export const team = (slug, more = {}) => ({ id: ++ids, slug, name: slug[0].toUpperCase() + slug.slice(1), description: '', parent: null, members: [], ...more });
export const person = (login, more = {}) => ({ id: ++ids, login, name: login[0].toUpperCase() + login.slice(1), email: `${login}@acme-labs.example`, bio: '', ...more });

// Seven repositories (one archived, one a fork, one without a descriptor), teams in two levels, five people.
export const company = () => ({
  organization: 'acme-labs',
  repositories: [
    repository('edge-gateway', { topics: ['edge', 'go'], team: 'edge', description: 'Lets requests in, and nobody else' }),
    repository('rate-limiter', { topics: ['edge'] }),
    repository('feature-flags', { topics: ['platform'] }),
    repository('status-page', { type: 'website', topics: ['public'] }),
    repository('old-monolith', { archived: true, lifecycle: 'deprecated' }),
    repository('left-pad', { fork: true }),
    repository('wiki', { files: { 'README.md': '# wiki\n' } }),
  ],
  teams: [
    team('engineering', { name: 'Engineering', description: 'Everybody who builds', members: ['ines'] }),
    team('platform', { parent: 'engineering', description: 'What the others stand on', members: ['ines', 'omar'] }),
    team('edge', { parent: 'engineering', description: 'Where requests come in', members: ['yuki', 'lena'] }),
  ],
  people: [person('ines', { name: 'Ines Duarte', bio: 'Builds platforms' }), person('omar', { name: 'Omar Haddad' }), person('yuki', { name: 'Yuki Mori' }),
    person('lena', { name: 'Lena Novak' }), person('sam', { name: 'Sam Reyes', email: '' })],
});

const avatar = (base, p) => `${base}/avatars/${p.login}.png`;
const full = r => `${r.owner}/${r.name}`;

// Of GitLab a team is a subgroup: its path is below the group's, and its parent's.
export const groupPath = (world, t) => (t.parent ? `${groupPath(world, world.teams.find(o => o.slug === t.parent))}/${t.slug}` : `${world.organization}/${t.slug}`);

export const shapes = {
  github: {
    repository: (base, r) => ({ id: r.id, name: r.name, full_name: full(r), private: r.private, owner: { login: r.owner, id: 1, type: 'Organization' }, html_url: `${base}/${full(r)}`,
      description: r.description ?? null, fork: r.fork, clone_url: `${base}/${full(r)}.git`, default_branch: r.branch, archived: r.archived, disabled: false, topics: r.topics,
      visibility: r.private ? 'private' : 'public', pushed_at: r.at, updated_at: r.at, size: Object.keys(r.files).length }),
    team: (base, t, world) => ({ id: t.id, name: t.name, slug: t.slug, description: t.description || null, privacy: 'closed', permission: 'pull', html_url: `${base}/orgs/${world.organization}/teams/${t.slug}`,
      parent: t.parent ? { id: world.teams.find(o => o.slug === t.parent).id, slug: t.parent, name: t.parent } : null }),
    member: (base, p) => ({ login: p.login, id: p.id, avatar_url: avatar(base, p), html_url: `${base}/${p.login}`, type: p.type ?? 'User', site_admin: false }),
    person: (base, p) => ({ ...shapes.github.member(base, p), name: p.name || null, email: p.email || null, bio: p.bio || null, company: null }),
  },
  gitlab: {
    repository: (base, r) => ({ id: r.id, name: r.name, path: r.name, path_with_namespace: full(r), web_url: `${base}/${full(r)}`, http_url_to_repo: `${base}/${full(r)}.git`,
      description: r.description ?? null, default_branch: Object.keys(r.files).length ? r.branch : null, archived: r.archived, topics: r.topics, visibility: r.private ? 'private' : 'public', last_activity_at: r.at,
      empty_repo: Object.keys(r.files).length === 0, ...(r.fork && { forked_from_project: { id: 1, path_with_namespace: 'elsewhere/it' } }) }),
    team: (base, t, world) => ({ id: t.id, name: t.name, path: t.slug, full_path: groupPath(world, t), description: t.description, visibility: 'private', avatar_url: null,
      web_url: `${base}/groups/${groupPath(world, t)}`, parent_id: t.parent ? world.teams.find(o => o.slug === t.parent).id : 1 }),
    member: (base, p) => ({ id: p.id, username: p.login, name: p.name, state: p.state ?? 'active', avatar_url: avatar(base, p), web_url: `${base}/${p.login}`, access_level: 30 }),
    person: (base, p) => ({ ...shapes.gitlab.member(base, p), public_email: p.email, bio: p.bio, bot: p.type === 'Bot' }),
  },
  gitea: {
    repository: (base, r) => ({ id: r.id, name: r.name, full_name: full(r), owner: { login: r.owner, id: 1 }, html_url: `${base}/${full(r)}`, clone_url: `${base}/${full(r)}.git`, description: r.description ?? '',
      empty: Object.keys(r.files).length === 0, private: r.private, fork: r.fork, archived: r.archived, default_branch: r.branch, topics: r.topics, updated_at: r.at }),
    team: (base, t) => ({ id: t.id, name: t.slug, description: t.description, permission: 'write', organization: null }),
    person: (base, p) => ({ id: p.id, login: p.login, full_name: p.name, email: p.email, avatar_url: avatar(base, p), html_url: `${base}/${p.login}`, is_admin: false, active: p.state !== 'blocked',
      description: p.bio, restricted: false }),
  },
};
shapes.gitea.member = shapes.gitea.person;
shapes.forgejo = shapes.gitea;
