// The forge plugin against a simulated GitHub, GitLab and Gitea.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { company, person, repository, team } from '../fakes/forge/data.mjs';
import { startForge } from '../fakes/forge/server.mjs';
import { started } from './host.mjs';

const token = 'hunter2-hunter2', secret = 'a-secret-of-webhooks';
const blob = { github: '/blob/', gitlab: '/-/blob/', gitea: '/src/branch/', forgejo: '/src/branch/' };
const row = (fake, more = {}) => ({ name: 'labs', type: fake.type, url: fake.url, organization: 'acme-labs', token, webhook_secret: secret, ...more,
  repositories: { descriptors: ['catalog-info.yaml'], ...more.repositories }, people: { ...more.people } });

// A host with ORGANIZATIONS (rows), and what its sources emit.
async function hosted(organizations, fakes, state = new Map()) {
  const host = await started('forge', { organizations, github_api: 'https://api.github.com', gitlab_url: 'https://gitlab.com' }, { allow: fakes.map(f => f.url), secrets: [token, secret] });
  host.answers = { emit: (head, body) => { host.emitted.push([head.kind, body]); return {}; }, source_refresh: head => { host.refreshed.push(head.name); return {}; },
    state_get: head => (state.has(head.key) ? { body: state.get(head.key) } : { code: -3 }), state_put: (head, body) => { state.set(head.key, body); return {}; }, state_del: head => { state.delete(head.key); return {}; } };
  host.read = async (name, deadline_ms = 60000) => {
    host.emitted = [];
    const frame = await host.call(name, { what: 'source', deadline_ms });
    return { ...frame, locations: host.emitted.filter(e => e[0] === 'location').map(e => e[1]).sort(), entities: host.emitted.filter(e => e[0] === 'entity').map(e => JSON.parse(e[1])) };
  };
  host.hook = async (text, headers, organization = 'labs') => {
    host.refreshed = [];
    const json = headers['content-type'] === 'application/json';
    const frame = await host.call('webhook/{organization}', { what: 'route', input: { path: { organization }, query: {}, headers, raw: text, body: json ? JSON.parse(text) : null } });
    return { ...frame, refreshed: host.refreshed };
  };
  host.status = async () => (await host.call('organizations', { what: 'route' })).json.items;
  return host;
}

for (const [type, graphql] of [['github', true], ['github', false], ['gitlab'], ['gitea'], ['forgejo']])
  describe(`the forge plugin and ${type}${graphql === false ? ' without a token' : ''}`, () => {
    let fake, host;
    const hosts = [];
    before(async () => { fake = await startForge({ type, token: graphql === false ? undefined : token }); });
    after(async () => { for (const h of hosts) await h.stop(); await fake.close(); });
    beforeEach(() => { fake.answer = fake.delay = fake.truncate = undefined; fake.page = { github: 100, gitlab: 100, gitea: 50, forgejo: 50 }[type]; fake.world = company(); fake.requests.length = 0; });
    const own = more => row(fake, graphql === false ? { token: undefined, ...more } : more);
    const with_ = async more => { host = await hosted([own(more)], [fake]); hosts.push(host); return host; };
    const location = (name, file = 'catalog-info.yaml', branch = 'main') => `${fake.url}/acme-labs/${name}${blob[type]}${branch}/${file}`;
    const names = frame => { assert.equal(frame.code, 0, frame.error); return frame.locations.map(l => l.split('/')[4]); };
    const looks = () => fake.requests.filter(r => /contents|files/.test(r)).length;

    test('a repository with a descriptor is a location; an archived one, a fork, and one without are not', async () => {
      await with_();
      const frame = await host.read('repositories');
      assert.equal(frame.code, 0, frame.error);
      assert.deepEqual(frame.locations, ['edge-gateway', 'feature-flags', 'rate-limiter', 'status-page'].map(n => location(n)));
    });
    for (const [what, repositories, expected] of [
      ['archived ones are wanted', { archived: true }, ['edge-gateway', 'feature-flags', 'old-monolith', 'rate-limiter', 'status-page']],
      ['forks are wanted', { forks: true }, ['edge-gateway', 'feature-flags', 'left-pad', 'rate-limiter', 'status-page']],
      ['names are chosen', { include: ['*-p*', 'EDGE*'], exclude: ['status-*'] }, ['edge-gateway']],
      ['names with the organisation are chosen', { include: ['acme-labs/feature-*'] }, ['feature-flags']],
      ['topics are chosen', { topics: ['Edge', 'public'], without_topics: ['go'] }, ['rate-limiter', 'status-page']],
      ['another branch is read', { branch: 'next' }, []],
    ])
      test(`${what} by the configuration`, async () => {
        await with_({ repositories });
        assert.deepEqual(names(await host.read('repositories')), expected);
      });
    test('several descriptors of a repository are several locations, at the branch', async () => {
      fake.world.repositories = [repository('mono', { branch: 'trunk/1', files: { 'catalog-info.yaml': 'x', 'docs/über uns.yaml': 'x' } })];
      await with_({ repositories: { descriptors: ['catalog-info.yaml', 'docs/über uns.yaml', 'none.yaml'] } });
      assert.deepEqual((await host.read('repositories')).locations, [location('mono', 'catalog-info.yaml', 'trunk/1'), location('mono', 'docs/%C3%BCber%20uns.yaml', 'trunk/1')].sort());
    });
    test('a pattern is a location when some file fits it, whatever is below folders with a dot', async () => {
      const files = { 'a/b/catalog-info.yaml': 'x', 'README.md': 'x' };
      fake.world.repositories = [repository('mono', { files }), repository('hidden', { files: { '.github/catalog-info.yaml': 'x' } }), repository('named', { files: { 'deploy/x.component.yaml': 'x' } }),
        repository('root', { files: { 'catalog-info.yaml': 'x' } }), repository('none', { files: { 'a/catalog-info.yaml.bak': 'x' } })];
      await with_({ repositories: { descriptors: ['**/catalog-info.yaml', 'deploy/*.component.y?ml'] } });
      assert.deepEqual((await host.read('repositories')).locations, [location('mono', '**/catalog-info.yaml'), location('named', 'deploy/*.component.y%3Fml'), location('root', '**/catalog-info.yaml')]);
      assert.ok(!fake.requests.some(r => /contents|\/files\//.test(r)));
      await with_({ repositories: { descriptors: ['**/catalog-info.yaml'], branch: 'none' } });
      assert.deepEqual(names(await host.read('repositories')), []);
    });
    test('of names that are cut short all are read, or the repository is left to callboard', async () => {
      fake.trees = fake.page = 2;
      fake.world.repositories = [repository('big', { files: Object.fromEntries([...Array.from({ length: 9 }, (_, i) => [`f${i}`, 'x']), ['z/catalog-info.yaml', 'x']]) })];
      await with_({ repositories: { descriptors: ['**/catalog-info.yaml'] } });
      assert.equal(names(await host.read('repositories')).length, 1);
      fake.trees = undefined;
    });
    test('all pages are read', async () => {
      fake.page = 3;
      fake.world.repositories = Array.from({ length: 10 }, (_, i) => repository(`r${i}`));
      await with_();
      assert.equal(names(await host.read('repositories')).length, 10);
      if (graphql) assert.deepEqual(fake.requests, Array(4).fill('POST /api/graphql'));
      else assert.ok(fake.requests.some(r => /page=4/.test(r)) && !fake.requests.some(r => /page=5/.test(r)), fake.requests.join('\n'));
    });
    test('a page of which nothing may be seen is not the last one', async () => {
      fake.page = 2;
      fake.world.repositories = [0, 1, 1, 1, 1, 0, 1, 0].map((hidden, i) => repository(`r${i}`, hidden && { hidden: true }));
      fake.world.people = Array.from({ length: 5 }, (_, i) => person(`p${i}`));
      await with_();
      assert.deepEqual(names(await host.read('repositories')), ['r0', 'r5', 'r7']);
      assert.equal((await host.read('people')).entities.filter(e => e.kind === 'User').length, 5);
    });
    test('what was looked into is looked into again when something happened there, and only then', async () => {
      await with_();
      assert.equal(names(await host.read('repositories')).length, 4);
      const first = looks();
      fake.requests.length = 0;
      assert.equal(names(await host.read('repositories')).length, 4);
      assert.deepEqual([first, looks()], [graphql ? 0 : 5, 0]);
      fake.world.repositories.find(r => r.name === 'wiki').files['catalog-info.yaml'] = 'x';
      fake.world.repositories.find(r => r.name === 'wiki').at = new Date().toISOString();
      assert.equal(names(await host.read('repositories')).length, 5);
      assert.equal(looks(), graphql ? 0 : 1);
    });
    test('what was looked into is kept in the database, for a process that starts anew', { skip: graphql }, async () => {
      const state = new Map([['looked/labs/0', 'nonsense\n1 2\n'], ['looked/labs/1', 'x'], ['looked/labs/7', '']]), more = own();
      for (const expected of [5, 0]) {
        const other = await hosted([more], [fake], state);
        fake.requests.length = 0;
        assert.equal(names(await other.read('repositories')).length, 4);
        assert.equal(looks(), expected);
        await other.stop();
      }
      assert.deepEqual([...state.keys()].sort(), ['looked/labs/0', 'looked/labs/7']);
      assert.ok(!JSON.stringify([...state]).includes('acme'));
      const broken = await hosted([more], [fake]);
      broken.answers.state_get = broken.answers.state_put = () => ({ code: -8, error: 'the database is away' });
      assert.equal(names(await broken.read('repositories')).length, 4);
      await broken.stop();
    });
    test('a repository that vanished goes, and one that a page has lost does not', async () => {
      await with_();
      await host.read('repositories');
      fake.answer = (rq, url) => { // the list forgets one that is there
        if (!/\/(repos|projects)$/.test(url.pathname)) return undefined;
        return [200, (url.searchParams.get('page') === '1' ? fake.world.repositories : []).filter(r => r.name !== 'status-page').map(r => fake.shape.repository(fake.url, r)), {}];
      };
      assert.deepEqual(names(await host.read('repositories')), ['edge-gateway', 'feature-flags', 'rate-limiter', 'status-page']);
      fake.world.repositories.find(r => r.name === 'rate-limiter').name = 'limiter'; // renamed: by its number it is known
      assert.deepEqual(names(await host.read('repositories')), ['edge-gateway', 'feature-flags', 'limiter', 'status-page']);
      await fake.drop('status-page');
      assert.deepEqual(names(await host.read('repositories')), ['edge-gateway', 'feature-flags', 'limiter']);
    });

    test('teams and people are groups and users', async () => {
      await with_();
      const frame = await host.read('people');
      assert.equal(frame.code, 0, frame.error);
      const group = name => frame.entities.find(e => e.kind === 'Group' && e.metadata.name === name), user = name => frame.entities.find(e => e.kind === 'User' && e.metadata.name === name);
      const groups = { github: ['edge', 'engineering', 'platform'], gitlab: ['engineering', 'engineering-edge', 'engineering-platform'] }[type] ?? ['edge', 'engineering', 'platform'];
      assert.deepEqual(frame.entities.filter(e => e.kind === 'Group').map(e => e.metadata.name).sort(), groups);
      const [edge, top, platform] = groups.includes('engineering-edge') ? ['engineering-edge', 'engineering', 'engineering-platform'] : ['edge', 'engineering', 'platform'];
      const nested = type === 'github' || type === 'gitlab';
      assert.deepEqual([group(top).spec.children.sort(), group(edge).spec.parent, group(top).metadata.description], [nested ? [edge, platform].sort() : [], nested ? top : undefined, 'Everybody who builds']);
      assert.equal(group(top).spec.type, 'team');
      assert.deepEqual(user('ines').spec.profile, { displayName: 'Ines Duarte', email: 'ines@acme-labs.example', picture: `${fake.url}/avatars/ines.png` });
      assert.equal(user('ines').metadata.description, 'Builds platforms');
      assert.deepEqual(user('yuki').spec.memberOf, [edge]);
      // without a token GitHub counts who is in a team below as a member of the one above: that is taken out again
      assert.deepEqual(user('ines').spec.memberOf.sort(), graphql === false ? [platform] : [top, platform].sort());
      assert.deepEqual([user('sam').spec.memberOf, user('sam').spec.profile.email], [[], undefined]);
      const annotations = { github: [{ 'github.com/team-slug': 'acme-labs/edge' }, { 'github.com/user-login': 'yuki' }], gitlab: [{ '127.0.0.1/team-path': 'acme-labs/engineering/edge' }, { '127.0.0.1/user-login': `${fake.url}/yuki` }] }[type]
        ?? [{ '127.0.0.1/team-slug': 'edge' }, { '127.0.0.1/user-login': 'yuki' }];
      const without = e => Object.fromEntries(Object.entries(e.metadata.annotations).filter(([k]) => k !== 'backstage.io/view-url'));
      assert.deepEqual([without(group(edge)), without(user('yuki'))], annotations);
    });
    test('namespaces are chosen, and then memberOf names them', async () => {
      await with_({ people: { group_namespace: 'labs', user_namespace: 'people', exclude_teams: ['engineering*'] } });
      fake.world.teams = [team('engineering'), team('edge', { members: ['yuki'] })];
      const { entities } = await host.read('people');
      assert.deepEqual(entities.map(e => `${e.kind}:${e.metadata.namespace}/${e.metadata.name}`).sort().slice(0, 2), ['Group:labs/edge', 'User:people/ines']);
      assert.deepEqual(entities.find(e => e.metadata.name === 'yuki').spec.memberOf, ['labs/edge']);
    });
    test('people in no team, and machines, are left out when that is wished', async () => {
      fake.world.people.push(person(type === 'gitlab' ? 'group_7_bot_af' : 'robot', { type: 'Bot', state: 'blocked' }));
      await with_({ people: { teamless: false } });
      const { entities } = await host.read('people');
      assert.deepEqual(entities.filter(e => e.kind === 'User').map(e => e.metadata.name).sort(), ['ines', 'lena', 'omar', 'yuki']);
    });
    test('a name that no entity may have becomes one', async () => {
      fake.world.people = [person('_a..b_'), person('Jane-Doe'), person('x'.repeat(70))];
      fake.world.teams = [team('q a  team (ops)', { members: ['Jane-Doe'] })];
      await with_();
      const { entities } = await host.read('people');
      assert.deepEqual(entities.map(e => e.metadata.name).sort(), ['Jane-Doe', 'a..b', 'q_a_team_ops', 'x'.repeat(63)].sort());
      assert.deepEqual(entities.find(e => e.metadata.name === 'Jane-Doe').spec.memberOf, ['q_a_team_ops']);
    });
    test('profiles are asked for once a day', { skip: !['github', 'gitlab'].includes(type) }, async () => {
      await with_();
      await host.read('people');
      const profiles = () => fake.requests.filter(r => /\/users\//.test(r)).length;
      assert.equal(profiles(), 5);
      const { entities } = await host.read('people');
      assert.deepEqual([profiles(), entities.find(e => e.metadata.name === 'ines').spec.profile.email], [5, 'ines@acme-labs.example']);
    });

    for (const [what, answer, code, sentence] of [
      ['401', () => [401, { message: `no to ${token}` }], -4, /does not accept the token \(401\)/],
      ['403', () => [403, { message: 'Forbidden' }], -4, /gives the token no right/],
      ['404', () => [404, { message: 'Not Found' }], -3, /has no such thing/],
      ['500', () => [500, 'oops'], -8, /answered 500/],
      ['no list', () => [200, { a: 1 }], -8, /is no list|answered nothing/],
      ['no JSON', () => [200, '[{'], -8, /no JSON/],
    ])
      for (const source of ['repositories', 'people'])
        test(`${what} fails the reading of ${source} with a sentence, and nothing is emitted`, async () => {
          await with_();
          fake.answer = answer;
          const frame = await host.read(source);
          assert.deepEqual([frame.code, frame.error_code, frame.locations, frame.entities], [-1, code, [], []]);
          assert.match(frame.error, sentence);
          assert.doesNotMatch(JSON.stringify(host.frames) + host.stderr, /hunter2/);
        });
    test('a connection that is cut, and a second page that fails, take nothing away', async () => {
      await with_();
      assert.equal(names(await host.read('repositories')).length, 4);
      fake.truncate = () => 20;
      assert.deepEqual([(await host.read('repositories')).code, host.emitted], [-1, []]);
      fake.truncate = undefined;
      fake.page = 3;
      let n = 0;
      fake.answer = (rq, url) => (url.searchParams.get('page') === '2' || (url.pathname === '/api/graphql' && ++n >= 2) ? [503, {}] : undefined);
      assert.deepEqual([(await host.read('repositories')).code, host.emitted], [-1, []]);
    });
    test('a repository that alone is closed is left as it was', { skip: graphql }, async () => {
      await with_();
      fake.answer = (rq, url) => (/(contents|files)/.test(url.pathname) && (url.pathname.includes('status-page') || url.pathname.includes(`/${fake.find('status-page').id}/`)) ? [403, { message: 'blocked' }] : undefined);
      assert.deepEqual(names(await host.read('repositories')), ['edge-gateway', 'feature-flags', 'rate-limiter']);
      assert.match(host.logs.at(-1).body, /acme-labs\/status-page: .*no right/);
    });

    test('a short rate limit is waited for, a long one is told, and the forge is left alone until then', async () => {
      await with_();
      let n = 0;
      const limited = { github: [403, { 'x-ratelimit-remaining': '0' }, 'x-ratelimit-reset'], gitlab: [429, { 'ratelimit-remaining': '0' }, 'ratelimit-reset'] }[type] ?? [429, {}, 'retry-after'];
      const until = s => ({ ...limited[1], [limited[2]]: String(limited[2] === 'retry-after' ? s : Math.floor(Date.now() / 1000) + s) });
      fake.answer = () => (n++ === 0 ? [limited[0], { message: 'slow down' }, until(1)] : undefined);
      assert.equal(names(await host.read('repositories')).length, 4);
      n = 0;
      fake.answer = () => (n++ === 0 ? [limited[0], { message: 'slow down' }, until(limited[2] === 'retry-after' ? 1 : -2)] : undefined); // over by our clock
      assert.equal(names(await host.read('repositories')).length, 4);
      fake.answer = () => [limited[0], { message: 'slow down' }, until(300)];
      const frame = await host.read('repositories');
      assert.deepEqual([frame.code, frame.error_code], [-1, -6]);
      assert.match(frame.error, /asked as often as it allows; it may be asked again in (29\d|30[01]) s/);
      fake.answer = undefined;
      fake.requests.length = 0;
      assert.equal((await host.read('people')).code, -1);
      assert.deepEqual(fake.requests, []);
      assert.ok(new Date((await host.status())[0].limitedUntil) > new Date());
    });
    test('a reading whose time is over says how far it came, and the next goes on from there', { skip: graphql }, async () => {
      await with_();
      fake.delay = (rq, url) => (/contents|files/.test(url.pathname) ? 400 : 0);
      const frame = await host.read('repositories', 16200);
      assert.match(frame.error, /the time of one reading is over; .*looked into [1-4] of 5 repositories/);
      fake.delay = undefined;
      fake.requests.length = 0;
      assert.equal(names(await host.read('repositories')).length, 4);
      assert.ok(looks() < 5);
    });

    // ---- webhooks
    const event = {
      created: type === 'gitlab' ? ['x', { event_name: 'project_create', project_id: 7 }] : ['repository', { action: 'created', repository: { id: 7 } }],
      member: type === 'gitlab' ? ['x', { event_name: 'user_add_to_group' }] : ['membership', { action: 'added' }],
      other: type === 'gitlab' ? ['x', { object_kind: 'issue' }] : ['issues', { action: 'opened' }],
    };
    test('a webhook that is signed has the source read', async () => {
      await with_();
      for (const [name, sources] of [['created', ['repositories']], ['member', ['people']], ['other', []]]) {
        const { text, headers } = fake.signed(...event[name], secret), frame = await host.hook(text, headers);
        assert.equal(frame.code, 0, frame.error);
        assert.deepEqual([frame.refreshed, frame.json.sources, frame.json.result], [sources, sources, sources.length ? 'refreshing' : 'ignored'], name);
      }
    });
    test('a wrong signature, another body under it, none at all, or no secret: nothing is taken', async () => {
      await with_();
      const { text, headers } = fake.signed(...event.created, secret), unsigned = Object.fromEntries(Object.entries(headers).filter(([k]) => !/signature|token/.test(k)));
      for (const frame of [await host.hook(text, fake.signed(event.created[0], text, 'another').headers), await host.hook(text, unsigned), ...(type === 'gitlab' ? [] : [await host.hook(`${text} `, headers)])]) {
        assert.deepEqual([frame.code, frame.error_code, frame.refreshed], [-1, -4, []]);
        assert.match(frame.error, /not signed with the secret of labs/);
      }
      assert.equal((await host.hook(text, headers, 'other')).error_code, -3);
      await with_({ webhook_secret: undefined });
      assert.match((await host.hook(text, headers)).error, /no webhook_secret is configured/);
      await with_({ webhook_secret: ['old-one', secret] });
      assert.equal((await host.hook(text, headers)).code, 0);
      assert.doesNotMatch(JSON.stringify(host.frames) + host.stderr, /a-secret-of/);
    });
    test('a push has the source read when it brings or takes a descriptor, and else not', async () => {
      await with_();
      const body = (more, commit) => ({ ref: 'refs/heads/main', before: '1', after: '2', commits: [{ added: [], removed: [], modified: ['catalog-info.yaml'], ...commit }], ...(type === 'gitlab' ? { object_kind: 'push', project: { id: 7, default_branch: 'main' } } : { repository: { id: 7, default_branch: 'main' } }), ...more });
      for (const [what, push, wanted] of [['changes it', body(), false], ['brings it', body({}, { added: ['catalog-info.yaml'] }), true], ['takes it', body({}, { removed: ['catalog-info.yaml'] }), true],
        ['brings it elsewhere', body({ ref: 'refs/heads/next' }, { added: ['catalog-info.yaml'] }), false], ['is the first', body({ before: '0'.repeat(40) }), true],
        ['is cut short', body(type === 'gitlab' ? { total_commits_count: 30 } : { total_commits: 30 }), true]]) {
        const { text, headers } = fake.signed('push', push, secret), frame = await host.hook(text, headers);
        assert.deepEqual([frame.code, frame.refreshed], [0, wanted ? ['repositories'] : []], what);
      }
    });
    test('what a webhook names is looked into again', async () => {
      await with_();
      await host.read('repositories');
      const wiki = fake.find('wiki');
      wiki.files['catalog-info.yaml'] = 'x'; // and its activity is not told yet
      fake.requests.length = 0;
      const { text, headers } = fake.signed(type === 'gitlab' ? 'x' : 'repository', type === 'gitlab' ? { event_name: 'project_update', project_id: wiki.id } : { action: 'edited', repository: { id: wiki.id } }, secret);
      await host.hook(text, headers);
      assert.equal(names(await host.read('repositories')).length, 5);
      assert.equal(looks(), graphql ? 0 : 1);
    });
  });

describe('the forge plugin and GitHub\'s GraphQL', () => {
  let fake, host;
  before(async () => { fake = await startForge({ type: 'github', token }); host = await hosted([row(fake)], [fake]); });
  after(async () => { await host.stop(); await fake.close(); });
  beforeEach(() => { fake.answer = undefined; fake.page = 100; fake.world = company(); fake.requests.length = 0; });
  const graphql = answer => { fake.answer = (rq, url) => (url.pathname === '/api/graphql' ? answer() : undefined); };

  test('a team of more members than a page has all of them', async () => {
    fake.page = 2;
    fake.world.people = Array.from({ length: 7 }, (_, i) => person(`p${i}`));
    fake.world.teams = [team('all', { members: fake.world.people.map(p => p.login) }), team('few', { members: ['p6'] }), team('gone', { members: ['nobody'] })];
    const { code, error, entities } = await host.read('people');
    assert.equal(code, 0, error);
    assert.deepEqual(entities.filter(e => e.kind === 'User').map(e => e.spec.memberOf.join()).sort(), [...Array(6).fill('all'), 'all,few']);
  });
  for (const [what, answer, code, sentence] of [
    ['an organisation that there is not', { data: { repositoryOwner: null }, errors: [{ type: 'NOT_FOUND', message: 'Could not resolve' }] }, -3, /\/graphql: Could not resolve/],
    ['a token that may not', { errors: [{ type: 'INSUFFICIENT_SCOPES', message: 'Your token has not been granted' }] }, -4, /has not been granted/],
    ['an error', { data: null, errors: [{ message: 'Something went wrong' }] }, -8, /Something went wrong/],
    ['an owner without repositories', { data: { repositoryOwner: { repositories: null } }, errors: [{ message: 'timed out' }] }, -8, /did not tell the repositories/],
    ['a limit', { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] }, -6, /may be asked again in (60|59) s/],
  ])
    test(`${what} fails the reading, with status 200`, async () => {
      graphql(() => [200, answer]);
      const frame = await host.read('repositories');
      assert.deepEqual([frame.code, frame.error_code, frame.locations], [-1, code, []]);
      assert.match(frame.error, sentence);
    });
  test('a repository of which it could not tell is asked for by name', async () => {
    const other = await hosted([row(fake)], [fake]);
    assert.equal((await other.read('repositories')).locations.length, 4);
    let nodes;
    fake.answer = (rq, url) => (url.pathname === '/api/graphql' ? [200, { data: { repositoryOwner: { repositories: { pageInfo: { hasNextPage: false, endCursor: '3' }, nodes } } }, errors: [{ path: ['repositoryOwner', 'repositories', 'nodes', 0], message: 'SAML' }] }] : undefined);
    nodes = [null];
    const { code, error, locations } = await other.read('repositories');
    assert.equal(code, 0, error);
    assert.equal(locations.length, 4);
    assert.match(other.logs.at(-1).body, /SAML/);
    await other.stop();
  });
});

describe('the forge plugin and several organisations', () => {
  let hub, lab, host;
  before(async () => {
    hub = await startForge({ type: 'github', token });
    lab = await startForge({ type: 'gitea', token });
    host = await hosted([row(hub, { name: 'hub' }), row(lab, { name: 'lab', people: { group_namespace: 'lab', user_namespace: 'lab' } }), row(hub, { name: 'again', repositories: { include: ['nothing'] }, people: { group_namespace: 'again' } })], [hub, lab]);
  });
  after(async () => { await host.stop(); await hub.close(); await lab.close(); });
  beforeEach(() => { hub.answer = lab.answer = undefined; });

  test('all must have been read once; then the last reading stands in for one that cannot be read', async () => {
    lab.answer = () => [500, {}];
    const first = await host.read('repositories');
    assert.deepEqual([first.code, /^lab: Gitea answered 500/.test(first.error), first.locations], [-1, true, []]);
    lab.answer = undefined;
    assert.equal((await host.read('repositories')).locations.length, 8);
    lab.answer = () => [500, {}];
    hub.world.repositories.push(repository('brand-new'));
    const { code, locations } = await host.read('repositories');
    assert.deepEqual([code, locations.length, locations.some(l => l.includes('brand-new'))], [0, 9, true]);
    assert.match(host.logs.at(-1).body, /^lab: Gitea answered 500/);
    const [a, b] = await host.status();
    assert.deepEqual([a.repositories.state, b.repositories.state, /500/.test(b.repositories.error), b.simulated], ['ok', 'failing', true, true]);
    hub.answer = () => [500, {}];
    assert.equal((await host.read('repositories')).code, -1);
  });
  test('somebody who is in two organisations of one forge is one user', async () => {
    const { code, error, entities } = await host.read('people');
    assert.equal(code, 0, error);
    const users = entities.filter(e => e.kind === 'User').map(e => `${e.metadata.namespace ?? 'default'}/${e.metadata.name}`);
    assert.equal(new Set(users).size, users.length);
    assert.deepEqual(entities.find(e => e.kind === 'User' && !e.metadata.namespace && e.metadata.name === 'yuki').spec.memberOf, ['edge', 'again/edge']);
  });
  test('a user has repositories, and no teams', async () => {
    hub.world.user = 'jane';
    const of = await hosted([{ ...row(hub), organization: undefined, user: 'jane' }], [hub]);
    assert.equal((await of.read('repositories')).locations.length, 5);
    assert.equal((await of.read('people')).entities.length, 0);
    await of.stop();
  });
});

describe('the forge plugin\'s limits', () => {
  for (const [n, code] of [[1000, 0], [1001, -1]])
    test(`a list of ${n} pages is ${code ? 'refused' : 'read'}`, async () => {
      const world = { ...company(), repositories: Array.from({ length: n }, (_, i) => repository(`r${i}`, { files: {} })) };
      const fake = await startForge({ type: 'gitea', token, world, page: 1 }), host = await hosted([row(fake)], [fake]);
      const frame = await host.read('repositories');
      await host.stop();
      await fake.close();
      assert.deepEqual([frame.code, fake.requests.length], [code, 1000]);
      if (code) assert.match(frame.error, /has more than 1000 pages/);
    });
});

describe('the forge plugin and github.com', () => {
  let fake, host;
  before(async () => {
    fake = await startForge({ type: 'github' });
    host = await started('forge', { organizations: [{ ...row(fake), url: undefined, token: undefined }], github_api: `${fake.url}/api/v3`, gitlab_url: 'https://gitlab.com' }, { allow: [fake.url], secrets: [token] });
    host.answers = { emit: () => ({}), state_get: () => ({ code: -3 }), state_put: () => ({}), state_del: () => ({}) };
  });
  after(async () => { await host.stop(); await fake.close(); });
  const read = () => host.call('repositories', { what: 'source', deadline_ms: 60000 });

  test('it is asked at its pace', async () => {
    const began = Date.now();
    assert.equal((await read()).code, 0);
    assert.equal(fake.requests.length, 6);
    assert.ok(Date.now() - began >= 5 * 70, `${Date.now() - began} ms`);
  });
  test('a limit that only its words tell of is one', async () => {
    fake.answer = () => [403, { message: 'You have exceeded a secondary rate limit.' }];
    const frame = await read();
    assert.deepEqual([frame.error_code, /may be asked again in (60|59) s/.test(frame.error)], [-6, true], frame.error);
  });
});

describe('the forge plugin\'s start', () => {
  for (const [what, organizations, sentence] of [
    ['two of one name', [{ name: 'a', type: 'github', organization: 'x' }, { name: 'a', type: 'gitlab', organization: 'x' }], /two are called a/],
    ['a Gitea without its address', [{ name: 'a', type: 'gitea', organization: 'x' }], /a needs a url: there is more than one gitea/],
  ])
    test(`${what} is refused`, async () => {
      await assert.rejects(started('forge', { organizations }), sentence);
    });
  test('form-encoded webhooks of GitHub are read', async () => {
    const fake = await startForge({ type: 'github', token }), host = await hosted([row(fake)], [fake]);
    const text = `payload=${encodeURIComponent(JSON.stringify({ action: 'created', repository: { id: 7, name: 'a b+c' } })).replaceAll('%20', '+')}`;
    const { headers } = fake.signed('repository', text, secret);
    const frame = await host.hook(text, { ...headers, 'content-type': 'application/x-www-form-urlencoded' });
    assert.deepEqual([frame.code, frame.refreshed], [0, ['repositories']], frame.error);
    await host.stop();
    await fake.close();
  });
});
