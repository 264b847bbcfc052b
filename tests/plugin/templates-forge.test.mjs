// Actions on forges, against simulated ones that keep to the published APIs; what is pushed goes to real repositories.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { startPublishForge } from '../fakes/forge/publish.mjs';
import { started } from './host.mjs';

const build = process.env.CALLBOARD_BINARY ? path.dirname(process.env.CALLBOARD_BINARY) : path.resolve('build');
const unseal = path.join(build, 'tests/support/unseal');
const OK = 0, EINVAL = -2, ENOTFOUND = -3, EDENIED = -4, ECONFLICT = -5, EUPSTREAM = -8;
const token = 'tok3n-of-the-operator';
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'callboard-forges-'));
let forge, host, workspace, number = 0;
after(() => fs.rmSync(scratch, { recursive: true, force: true }));

async function open(type, more = {}) {
  forge = await startPublishForge({ type, token, git: path.join(scratch, `git-${type}-${++number}`) });
  fs.mkdirSync(forge.git);
  host = await started('templates', { integrations: [{ host: forge.host, type, web: forge.url, api: forge.api, token, ...more }] },
    { args: ['--workspaces', scratch], allow: [forge.url], secrets: [token] });
  host.answers.git_publish = (head, body) => push(JSON.parse(body));
  workspace = fs.mkdtempSync(path.join(scratch, 'workspace-'));
  fs.writeFileSync(path.join(workspace, 'README.md'), 'hello\n');
}
async function close() {
  await host.stop();
  await forge.close();
}

// As callboard does it: with its own code, from the same folder.
let refuse;
async function push(what) {
  if (refuse) return { code: EDENIED, error: refuse };
  const args = ['--data', scratch, '--folder', path.join(workspace, what.folder), '--branch', what.branch, '--message', what.message, '--host', '127.0.0.1', '--user', what.username];
  if (what.base) args.push('--base', what.base);
  if (what.path) args.push('--into', what.path);
  if (what.empty) args.push('--empty');
  for (const gone of what.delete ?? []) args.push('--delete', gone);
  const child = spawn(path.join(build, 'tests/support/publish_probe'), [...args, what.url], { env: { ...process.env, PROBE_TOKEN: what.token } });
  let out = '';
  child.stdout.on('data', d => (out += d));
  await new Promise(done => child.on('close', done));
  const made = JSON.parse(out);
  if (made.error) return { code: made.error === 'conflict' ? ECONFLICT : EUPSTREAM, error: made.text };
  const url = what.url.replace(/\.git$/, '');
  return { body: JSON.stringify({ commit: made.commit, unchanged: made.unchanged, branch: what.branch, remoteUrl: what.url, repoContentsUrl: `${url}/blob/${what.branch}` }) };
}

const repoUrl = (repo, owner = 'acme') => `${forge.host}?owner=${encodeURIComponent(owner)}&repo=${repo}`;
async function run(action, input, opts = {}) {
  const from = host.logs.length;
  const done = await host.call(action, { what: opts.what ?? 'action', input, workspace, deadline_ms: 30000, task: { id: 't', step: 's', dryRun: opts.dryRun ?? false } });
  const log = host.logs.slice(from).map(l => l.body);
  assert.ok(!JSON.stringify([done, log]).includes(token), 'the token is nowhere to be seen');
  return { ...done, log };
}
async function well(...args) {
  const done = await run(...args);
  assert.equal(done.code, OK, done.error);
  return done;
}
async function fails(code, sentence, ...args) {
  const done = await run(...args);
  assert.equal(done.code, -1, JSON.stringify(done.json));
  assert.match(done.error, sentence);
  assert.equal(done.error_code, code);
  return done;
}
const undo = (action, input, output) => run(action, { input, output }, { what: 'undo' });
const repository = name => forge.repositories.get(name);
afterEach(() => { refuse = undefined; if (forge) { forge.answer = undefined; forge.requests.length = 0; } });

describe('GitHub', () => {
  before(() => open('github'));
  after(close);

  test('publish:github makes a repository of an organization, with all that it was asked for', async () => {
    const { json, log } = await well('publish:github', {
      repoUrl: repoUrl('shop'), description: 'The shop', homepage: 'https://shop.example.com', access: 'acme/team-shop', collaborators: [{ user: 'joe', access: 'pull' }, { team: 'ops', access: 'maintain' }],
      topics: ['Java', 'shop'], repoVisibility: 'internal', requiredApprovingReviewCount: 2, requiredStatusCheckContexts: ['ci'], requiredCommitSigning: true,
      deleteBranchOnMerge: true, hasWiki: false, squashMergeCommitTitle: 'PR_TITLE', repoVariables: { STAGE: 'prod' }, customProperties: { tier: 'one' }, subscribe: true,
    });
    const r = repository('acme/shop');
    assert.deepEqual(json, { remoteUrl: `${forge.url}/acme/shop.git`, repoContentsUrl: `${forge.url}/acme/shop/blob/main`, commitHash: r.repository.git('rev-parse', 'main') });
    assert.deepEqual([r.description, r.homepage, r.private, r.visibility, r.delete_branch_on_merge, r.has_wiki, r.squash_merge_commit_title, r.custom_properties],
      ['The shop', 'https://shop.example.com', true, 'internal', true, false, 'PR_TITLE', { tier: 'one' }]);
    assert.deepEqual([r.teams, r.people, r.topics, r.variables, r.subscribed, r.signed], [{ 'team-shop': 'admin', ops: 'maintain' }, { joe: 'pull' }, ['java', 'shop'], [{ name: 'STAGE', value: 'prod' }], true, true]);
    assert.equal(r.protection.branch, 'main');
    assert.equal(r.protection.enforce_admins, true);
    assert.deepEqual(r.protection.required_status_checks, { strict: true, contexts: ['ci'] });
    assert.equal(r.protection.required_pull_request_reviews.required_approving_review_count, 2);
    assert.match(log[0], /Made the repository acme\/shop/);
  });
  test('and of a user, without protection when it says so', async () => {
    await well('publish:github', { repoUrl: repoUrl('mine', 'jane'), protectDefaultBranch: false, defaultBranch: 'trunk', repoVisibility: 'public' });
    const r = repository('jane/mine');
    assert.deepEqual([r.private, r.protection, r.visibility], [false, undefined, undefined]);
    assert.ok(r.repository.git('rev-parse', 'trunk'));
  });
  test('a name that is taken is told in the words of the forge', async () => {
    forge.make('acme', 'taken', { x: 'x' });
    const { log } = await fails(EINVAL, /The repository acme\/taken cannot be made: .* says: Repository creation failed\.: .*name already exists on this account/, 'publish:github', { repoUrl: repoUrl('taken') });
    assert.deepEqual(log, []);
    assert.ok(repository('acme/taken'), 'what was there before stays');
  });
  test('what was made is deleted again when the rest fails', async () => {
    refuse = 'the push is refused';
    const { log } = await fails(EUPSTREAM, /the push is refused/, 'publish:github', { repoUrl: repoUrl('half') });
    assert.equal(repository('acme/half'), undefined);
    assert.match(log.at(-1), /acme\/half was made and is deleted again/);
  });
  test('a plan without protection is a warning', async () => {
    forge.answer = (method, at) => (at.endsWith('/protection') ? [403, { message: 'Upgrade to GitHub Pro or make this repository public to enable this feature.' }] : undefined);
    const { log } = await well('publish:github', { repoUrl: repoUrl('cheap') });
    assert.match(log.at(-1), /is not protected: Upgrade/);
  });
  test('is undone while its one commit is ours', async () => {
    const input = { repoUrl: repoUrl('gone') };
    const { json } = await well('publish:github', input);
    assert.equal((await undo('publish:github', input, json)).json.message, 'The repository acme/gone was deleted');
    assert.equal(repository('acme/gone'), undefined);
    const again = await well('publish:github', input);
    repository('acme/gone').repository.commit({ more: 'x' });
    assert.match((await undo('publish:github', input, again.json)).error, /somebody has pushed to acme\/gone since it was made: it stays/);
    assert.ok(repository('acme/gone'));
    assert.match((await undo('publish:github', input, {})).error, /nothing to take back/);
  });
  test('publish:github:pull-request proposes a change', async () => {
    const r = forge.make('acme', 'deploy', { 'kept.txt': 'kept', 'old.txt': 'x' });
    const { json } = await well('publish:github:pull-request', { repoUrl: repoUrl('deploy'), branchName: 'add-shop', title: 'Deploy the shop', description: 'why', targetPath: 'services/shop', filesToDelete: ['old.txt'],
      draft: true, reviewers: ['joe'], teamReviewers: ['ops'], assignees: ['jane'] });
    assert.deepEqual(json, { targetBranchName: 'main', remoteUrl: `${forge.url}/acme/deploy/pull/1`, pullRequestNumber: 1 });
    assert.equal(r.repository.git('ls-tree', '-r', '--name-only', 'add-shop'), 'kept.txt\nservices/shop/README.md');
    assert.equal(r.repository.git('log', '-1', '--format=%s', 'add-shop'), 'Deploy the shop');
    assert.deepEqual(r.pulls[0].body, { title: 'Deploy the shop', body: 'why', head: 'add-shop', base: 'main', draft: true });
    assert.deepEqual([r.reviewers, r.assignees], [{ reviewers: ['joe'], team_reviewers: ['ops'] }, ['jane']]);
  });
  test('and does not overwrite the branch of another, but updates its own', async () => {
    const input = { repoUrl: repoUrl('deploy'), branchName: 'add-shop', title: 'Deploy the shop', description: 'why' };
    await fails(EUPSTREAM, /the branch add-shop of .* is there already, with other commits/, 'publish:github:pull-request', input);
    const { json } = await well('publish:github:pull-request', { ...input, update: true });
    assert.equal(json.pullRequestNumber, 1);
    const r = repository('acme/deploy');
    assert.equal(r.pulls.length, 1);
    assert.equal(r.repository.git('rev-list', '--count', 'main..add-shop'), '2');
  });
  test('and nothing when there is no change, if it is told so', async () => {
    forge.make('acme', 'same', { 'README.md': 'hello\n' });
    const input = { repoUrl: repoUrl('same'), branchName: 'b', title: 't', description: 'd' };
    const { json, log } = await well('publish:github:pull-request', { ...input, createWhenEmpty: false });
    assert.deepEqual(json, {});
    assert.match(log.join('\n'), /no change to propose/);
    assert.equal((await well('publish:github:pull-request', input)).json.pullRequestNumber, 1);
  });
  test('and asks nobody in a dry run', async () => {
    const { json } = await run('publish:github:pull-request', { repoUrl: repoUrl('deploy'), branchName: 'b', title: 't', description: 'd' }, { dryRun: true });
    assert.deepEqual(json, { targetBranchName: 'b', remoteUrl: repoUrl('deploy'), pullRequestNumber: 43 });
    assert.deepEqual(forge.requests, []);
  });
  test('github:webhook, github:actions:dispatch and github:issues:label', async () => {
    const r = forge.make('acme', 'more', { x: 'x' });
    const at = { repoUrl: repoUrl('more') };
    const { log } = await well('github:webhook', { ...at, webhookUrl: 'https://callboard.example.com/api/webhooks/github', webhookSecret: 'hush-hush-hush', contentType: 'json', events: ['push', 'repository'] });
    assert.deepEqual(r.hooks, [{ name: 'web', config: { url: 'https://callboard.example.com/api/webhooks/github', content_type: 'json', secret: 'hush-hush-hush', insecure_ssl: '0' }, events: ['push', 'repository'], active: true }]);
    assert.ok(!log.join().includes('hush'));
    await well('github:webhook', { ...at, webhookUrl: 'https://x.example.com', events: 'push', active: false, insecureSsl: true });
    assert.deepEqual(r.hooks[1], { name: 'web', config: { url: 'https://x.example.com', content_type: 'form', insecure_ssl: '1' }, events: ['push'], active: false });
    await well('github:actions:dispatch', { ...at, workflowId: 'build.yaml', branchOrTagName: 'main', workflowInputs: { stage: 'prod' } });
    assert.deepEqual(r.dispatched, { workflow: 'build.yaml', ref: 'main', inputs: { stage: 'prod' } });
    await well('github:issues:label', { ...at, number: 3, labels: ['a', 'b'] });
    assert.deepEqual(r.labels, { 3: ['a', 'b'] });
    await fails(ENOTFOUND, /The webhook cannot be made: .* says: Not Found \(it is not there, or the token may not see it\)/, 'github:webhook', { repoUrl: repoUrl('nowhere'), webhookUrl: 'https://x.example.com' });
  });
  test('secrets, of publish:github and github:deployKey:create, arrive sealed and nowhere else', { skip: !fs.existsSync(unseal) && 'libsodium is not there' }, async () => {
    const keys = JSON.parse(execFileSync(unseal));
    const opened = sealed => execFileSync(unseal, [keys.public, keys.secret, sealed.encrypted_value]).toString();
    forge.publicKey = keys.public;
    const { log } = await well('publish:github', { repoUrl: repoUrl('secretive'), secrets: { PASSWORD: 'hush-hush-hush' }, protectDefaultBranch: false });
    const r = repository('acme/secretive');
    assert.equal(opened(r.secrets.PASSWORD), 'hush-hush-hush');
    assert.equal(r.secrets.PASSWORD.key_id, '568250167242549743');
    const { json, log: more } = await well('github:deployKey:create', { repoUrl: repoUrl('secretive'), publicKey: 'ssh-ed25519 AAAA', privateKey: 'the-private-half', deployKeyName: 'push tags' });
    assert.deepEqual(json, { privateKeySecretName: 'PUSH_TAGS_PRIVATE_KEY' });
    assert.deepEqual(r.keys, [{ title: 'push tags', key: 'ssh-ed25519 AAAA' }]);
    assert.equal(opened(r.secrets.PUSH_TAGS_PRIVATE_KEY), 'the-private-half');
    assert.ok(![...log, ...more].join().match(/hush|private-half/));
    forge.publicKey = 'bm90IGEga2V5';
    await fails(EUPSTREAM, /the public key that .* gives is none/, 'github:deployKey:create', { repoUrl: repoUrl('secretive'), publicKey: 'x', privateKey: 'the-private-half', deployKeyName: 'x' });
  });
  test('who asks with a wrong token of their own is told so', async () => {
    await fails(EDENIED, /Bad credentials \(the token is wrong, or no longer good\)/, 'publish:github', { repoUrl: repoUrl('x'), token: 'wrong-wrong' });
  });
  test('a host that was not lent is told with the line to write', async () => {
    await fails(EDENIED, /No matching integration configuration for host git\.example\.com: .*plugins: \{templates: \{integrations: \[git\.example\.com\]\}\}/, 'publish:github', { repoUrl: 'git.example.com?owner=a&repo=b' });
    await fails(EINVAL, /Invalid repo URL passed to publisher/, 'publish:github', { repoUrl: 'https://github.com/a/b' });
    await fails(EINVAL, /missing owner/, 'publish:github', { repoUrl: `${forge.host}?repo=b` });
    await fails(EINVAL, /is a host of type github, not gitea/, 'publish:gitea', { repoUrl: repoUrl('x') });
  });
  test('a name cannot lead elsewhere in the API', async () => {
    await fails(ENOTFOUND, /Nobody knows the owner \.\.\/user/, 'publish:github', { repoUrl: repoUrl('x', '../user') });
    assert.equal(forge.requests[0].path, '/users/..%2Fuser');
  });
});

describe('GitLab', () => {
  before(() => open('gitlab'));
  after(close);

  test('publish:gitlab makes a project of a group', async () => {
    const { json } = await well('publish:gitlab', { repoUrl: repoUrl('shop', 'acme/sub'), defaultBranch: 'main', topics: ['shop'], settings: { description: 'The shop', merge_method: 'ff' }, setUserAsOwner: true,
      branches: [{ name: 'staging', create: true, protect: true }], projectVariables: [{ key: 'STAGE', value: 'prod-value', masked: true }] });
    const r = repository('acme/sub/shop');
    assert.deepEqual(json, { remoteUrl: `${forge.url}/acme/sub/shop`, repoContentsUrl: `${forge.url}/acme/sub/shop/-/blob/main`, projectId: r.id, created: true, commitHash: r.repository.git('rev-parse', 'main') });
    assert.deepEqual([r.description, r.merge_method, r.visibility, r.topics, r.protected, r.members], ['The shop', 'ff', 'private', ['shop'], ['staging'], { user_id: 7, access_level: 50 }]);
    assert.equal(r.repository.git('rev-parse', 'staging'), json.commitHash);
    assert.equal(r.variables[0].value, 'prod-value');
  });
  test('and of the token\'s own user; one that is there is left alone when it says so', async () => {
    const input = { repoUrl: `${forge.host}?repo=mine`, skipExisting: true };
    assert.equal((await well('publish:gitlab', input)).json.created, true);
    const r = repository('jane/mine'), before = r.repository.git('rev-parse', 'master');
    fs.writeFileSync(path.join(workspace, 'more'), 'x');
    assert.deepEqual((await well('publish:gitlab', input)).json, { remoteUrl: `${forge.url}/jane/mine`, repoContentsUrl: `${forge.url}/jane/mine/-/blob/master`, projectId: r.id, created: false });
    assert.equal(r.repository.git('rev-parse', 'master'), before);
    await fails(EINVAL, /cannot be made: .* name has already been taken/, 'publish:gitlab', { repoUrl: repoUrl('mine', 'jane') });
    await fails(ENOTFOUND, /The namespace nobody is not found/, 'publish:gitlab', { repoUrl: repoUrl('x', 'nobody') });
  });
  test('is taken back when the rest fails, and undone while its one commit is ours', async () => {
    refuse = 'no';
    await fails(EUPSTREAM, /^no$/, 'publish:gitlab', { repoUrl: repoUrl('half') });
    assert.equal(repository('acme/half'), undefined);
    refuse = undefined;
    const input = { repoUrl: repoUrl('gone') }, { json } = await well('publish:gitlab', input);
    assert.match((await undo('publish:gitlab', input, { ...json, created: false })).error, /nothing to take back/);
    assert.match((await undo('publish:gitlab', input, { ...json, projectId: 1 })).error, /is another project by now/);
    assert.equal((await undo('publish:gitlab', input, json)).json.message, 'The project acme/gone was deleted');
    assert.equal(repository('acme/gone'), undefined);
  });
  test('publish:gitlab:merge-request proposes a change', async () => {
    const r = forge.make('acme', 'deploy', { 'kept.txt': 'kept' });
    const { json, log } = await well('publish:gitlab:merge-request', { repoUrl: repoUrl('deploy'), branchName: 'add', title: 'Deploy', description: 'why', targetPath: 'shop', removeSourceBranch: true, assignee: 'jane', reviewers: ['joe', 'nobody'], labels: ['a', 'b'] });
    assert.deepEqual(json, { targetBranchName: 'main', projectid: 'acme/deploy', projectPath: 'acme/deploy', mergeRequestUrl: `${forge.url}/acme/deploy/-/merge_requests/1` });
    assert.deepEqual(r.pulls[0].body, { source_branch: 'add', target_branch: 'main', title: 'Deploy', description: 'why', remove_source_branch: true, assignee_id: 7, reviewer_ids: [8], labels: 'a,b' });
    assert.match(r.repository.git('ls-tree', '-r', '--name-only', 'add'), /kept\.txt\nshop\/README\.md/);
    assert.ok(log.includes('There is no user nobody'));
    r.repository.git('branch', 'there', 'add');
    await well('publish:gitlab:merge-request', { repoUrl: repoUrl('deploy'), branchName: 'there', title: 't', description: 'd', commitAction: 'skip' });
    assert.equal(r.repository.git('rev-parse', 'there'), r.repository.git('rev-parse', 'add'));
  });
});

describe('Gitea', () => {
  before(() => open('gitea'));
  after(close);

  test('publish:gitea makes a repository of an organization, and of the token\'s own user', async () => {
    const { json } = await well('publish:gitea', { repoUrl: repoUrl('shop'), description: 'The shop' });
    const r = repository('acme/shop');
    assert.deepEqual(json, { remoteUrl: `${forge.url}/acme/shop.git`, repoContentsUrl: `${forge.url}/acme/shop/src/branch/main/`, commitHash: r.repository.git('rev-parse', 'main') });
    assert.deepEqual([r.private, r.description], [true, 'The shop']);
    await well('publish:gitea', { repoUrl: repoUrl('mine', 'jane'), repoVisibility: 'public' });
    assert.equal(repository('jane/mine').private, false);
    await fails(ENOTFOUND, /joe is no organization .* and not the token's user/, 'publish:gitea', { repoUrl: repoUrl('x', 'joe') });
    await fails(ECONFLICT, /same name already exists/, 'publish:gitea', { repoUrl: repoUrl('shop') });
  });
  test('is taken back when the rest fails, and undone while its one commit is ours', async () => {
    refuse = 'no';
    await fails(EUPSTREAM, /^no$/, 'publish:gitea', { repoUrl: repoUrl('half') });
    assert.equal(repository('acme/half'), undefined);
    refuse = undefined;
    const input = { repoUrl: repoUrl('gone') }, { json } = await well('publish:gitea', input);
    assert.equal((await undo('publish:gitea', input, json)).json.message, 'The repository acme/gone was deleted');
    assert.equal(repository('acme/gone'), undefined);
  });
  test('publish:gitea:pull-request proposes a change', async () => {
    const r = forge.make('acme', 'deploy', { 'kept.txt': 'kept' });
    const { json } = await well('publish:gitea:pull-request', { repoUrl: repoUrl('deploy'), branchName: 'add', title: 'Deploy', description: 'why', reviewers: ['joe'], assignees: ['jane'] });
    assert.deepEqual(json, { targetBranchName: 'main', remoteUrl: `${forge.url}/acme/deploy/pull/1`, pullRequestNumber: 1 });
    assert.deepEqual(r.pulls[0].body, { title: 'Deploy', body: 'why', head: 'add', base: 'main', assignees: ['jane'] });
    assert.deepEqual(r.reviewers, { reviewers: ['joe'] });
  });
});
