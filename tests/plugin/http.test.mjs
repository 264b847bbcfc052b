// The http plugin: panels by configuration alone, against an upstream of ours.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Host, object, started } from './host.mjs';
import { Plugins, startWith } from './server.mjs';

const builds = { total: 3, builds: [
  { id: 41, ref: 'main', status: 'success', at: '2026-11-25T10:00:00+02:00', who: { name: 'Jane' }, web: 'https://ci.example.com/41', s: 61.5 },
  { id: 40, ref: 'fix/a b', status: 'FAILED', at: 1795000000, who: { name: 'John' }, web: 'javascript:alert(1)', s: 7 },
  { id: 39, ref: 'main', status: 'odd', at: 1795000000123, who: null, web: null, s: null },
] };
const points = { data: { result: [
  { metric: { pod: 'a' }, values: [[1795000060, '2'], [1795000000, '1'], [1795000120, 'NaN']] },
  { metric: { pod: 'b' }, values: [[1795000000, 7], [1795000060, null]] },
] } };

let upstream, url, seen, answers;
before(async () => {
  upstream = http.createServer(async (rq, rp) => {
    let body = '';
    for await (const d of rq) body += d;
    seen.push({ method: rq.method, url: rq.url, headers: rq.headers, body });
    const [status, answer, headers = {}] = answers(rq, body);
    rp.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    rp.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
  });
  await new Promise(resolve => upstream.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${upstream.address().port}`;
});
after(() => { upstream.closeAllConnections(); upstream.close(); });

const entity = (annotations = {}, more = {}) => ({ kind: 'Component', metadata: { name: 'shop', namespace: 'default', annotations, ...more }, spec: { owner: 'team-a', port: 80 } });
const filled = p => ({ method: 'GET', ttl_s: 0, stale_s: 0, timeout_s: 5, limit: 50, ...p });
const shown = (name = 'builds') => ({ title: 'Builds', url: `${url}/api/${name}?n={{name}}`, type: 'status', list: '/builds', item: { label: '#{{/id}} {{/ref}}', state: '/status' } });

// What the panels show for ENTITY, from an upstream that says ANSWER.
async function draw(panels, answer = builds, { from = entity(), status = 200, headers, secrets = [], opened } = {}) {
  seen = [];
  answers = typeof answer === 'function' ? answer : () => [status, answer, headers];
  const host = await started('http', { panels: [panels].flat().map(filled) }, { allow: [url], secrets });
  try {
    await opened?.(host);
    return await host.call('facts', { entity: from });
  } finally {
    await host.stop();
  }
}
const drawn = async (...args) => { const f = await draw(...args); assert.equal(f.code, 0, f.error); return f.json; };

describe('types', () => {
  test('a status item is a row, its states by usual words or by the configuration\'s', async () => {
    const p = await drawn(shown());
    assert.deepEqual(p.items, [{ label: '#41 main', state: 'ok' }, { label: '#40 fix/a b', state: 'error' }, { label: '#39 main', state: 'unknown' }]);
    assert.equal(p.summary, '1 error, 1 unknown, 1 ok');
    assert.deepEqual([p.title, p.source.name], ['Builds', new URL(url).host]);
    const own = await drawn({ ...shown(), states: { odd: 'info', Success: 'warning', '*': 'progress' }, source: 'CI', page: 'https://ci.example.com/{{name}}', summary: '{{/total}} builds' });
    assert.deepEqual(own.items.map(i => i.state), ['warning', 'progress', 'info']);
    assert.deepEqual([own.source, own.summary], [{ name: 'CI', url: 'https://ci.example.com/shop' }, '3 builds']);
  });
  test('a table keeps numbers, shows times as times, and has links and states in its cells', async () => {
    const p = await drawn({ ...shown(), type: 'table', item: undefined, limit: 2, columns: [
      { title: 'Build', value: '/id', url: 'https://ci.example.com/{{/ref}}' }, { title: 'State', value: '/status', state: '/status', kind: 'status' },
      { title: 'When', value: '/at', kind: 'time' }, { title: 'Took', value: '/s', kind: 'duration', unit: 's' }] });
    assert.deepEqual(p.columns, [{ key: 'c1', title: 'Build' }, { key: 'c2', title: 'State', kind: 'status' }, { key: 'c3', title: 'When', kind: 'time' }, { key: 'c4', title: 'Took', kind: 'duration', unit: 's' }]);
    assert.deepEqual(p.rows, [
      { c1: { text: 41, url: 'https://ci.example.com/main' }, c2: { text: 'success', state: 'ok' }, c3: '2026-11-25T08:00:00Z', c4: 61.5 },
      { c1: { text: 40, url: 'https://ci.example.com/fix%2Fa%20b' }, c2: { text: 'FAILED', state: 'error' }, c3: '2026-11-18T11:06:40Z', c4: 7 }]);
    assert.equal(p.truncated, true);
  });
  test('keyvalues are fields of one answer, or the members of an object', async () => {
    const p = await drawn({ ...shown(), type: 'keyvalues', list: undefined, item: undefined,
      items: [{ key: 'Builds', value: '/total' }, { key: 'Last', value: '{{/builds/0/ref}} by {{/builds/0/who/name}}', state: '/builds/0/status', url: '/builds/0/web' }] });
    assert.deepEqual(p.items, [{ key: 'Builds', value: 3 }, { key: 'Last', value: 'main by Jane', state: 'ok', url: 'https://ci.example.com/41' }]);
    const members = await drawn({ ...shown(), type: 'keyvalues', list: '', item: { key: '{{key}}', value: '' } }, { a: 1, b: true, c: 'x', d: [1], e: null });
    assert.deepEqual(members.items, [{ key: 'a', value: 1 }, { key: 'b', value: true }, { key: 'c', value: 'x' }, { key: 'd', value: '[1]' }, { key: 'e', value: null }]);
  });
  test('a series has its points in the order of time, and gaps where there is no number', async () => {
    const p = await drawn({ ...shown(), type: 'series', list: '/data/result', item: { name: '/metric/pod', unit: 'MB', points: '/values' } }, points);
    assert.deepEqual(p.series, [{ name: 'a', unit: 'MB', points: [[1795000000, 1], [1795000060, 2], [1795000120, null]] }, { name: 'b', unit: 'MB', points: [[1795000000, 7], [1795000060, null]] }]);
    const one = await drawn({ ...shown(), type: 'series', list: undefined, item: undefined, items: [{ points: '/builds', at: '/at', value: '/s' }] });
    assert.deepEqual(one.series[0].points, [[1795000000, 7], [1795000000.123, null], [Date.parse('2026-11-25T08:00:00Z') / 1000, 61.5]].sort((a, b) => a[0] - b[0]));
  });
  test('a timeline takes times as texts, seconds and milliseconds', async () => {
    const p = await drawn({ ...shown(), type: 'timeline', item: { at: '/at', title: 'Build {{/id}}', actor: '/who/name', state: '/status', url: '/web' } });
    assert.deepEqual(p.events, [
      { at: '2026-11-25T08:00:00Z', title: 'Build 41', state: 'ok', actor: 'Jane', url: 'https://ci.example.com/41' },
      { at: '2026-11-18T11:06:40Z', title: 'Build 40', state: 'error', actor: 'John' }, { at: '2026-11-18T11:06:40Z', title: 'Build 39', state: 'unknown' }]);
  });
  test('links are those that are some; the others are left out, and told', async () => {
    const p = await drawn({ ...shown(), type: 'links', item: { title: '/ref', url: '/web' } });
    assert.deepEqual(p.items, [{ title: 'main', url: 'https://ci.example.com/41' }]);
    assert.match(p.partial[0].message, /^2 of 3 are left out: the pointer \/web finds no link: the text 'javascript:alert\(1\)'$/);
  });
  test('a text is a template, or the answer itself', async () => {
    assert.equal((await drawn({ ...shown(), type: 'text', list: undefined, item: undefined, markdown: 'There are **{{/total}}** of {{name}}' })).markdown, 'There are **3** of shop');
    assert.equal((await drawn({ ...shown(), type: 'text', list: undefined, item: undefined }, '# Read me\n')).markdown, '# Read me\n');
  });
  test('a list of texts is rows as well', async () => {
    assert.deepEqual((await drawn({ ...shown(), type: 'links', list: '', item: { title: '{{key}}', url: '' } }, { Wiki: 'https://wiki.example.com' })).items, [{ title: 'Wiki', url: 'https://wiki.example.com' }]);
    assert.deepEqual((await drawn({ ...shown(), list: '', item: { label: '', state: 'info' } }, ['a', 'b'])).items, [{ label: 'a', state: 'info' }, { label: 'b', state: 'info' }]);
  });
  test('an empty list is no error', async () => {
    assert.deepEqual((await drawn(shown(), { builds: [] })).items, []);
  });
  test('200 rows are drawn, and of 201 it is told that one is not', async () => {
    const many = n => ({ builds: Array.from({ length: n }, (_, id) => ({ id, ref: 'x', status: 'ok' })) });
    assert.equal((await drawn({ ...shown(), limit: 200 }, many(200))).partial, undefined);
    const over = await drawn({ ...shown(), limit: 200 }, many(201));
    assert.deepEqual([over.items.length, over.partial[0].message], [200, '200 of 201 are shown']);
  });
});

describe('which entities', () => {
  test('one that no panel applies to is absent, and nobody is asked', async () => {
    for (const more of [{ kinds: ['api', 'resource'] }, { annotation: 'example.com/ci' }, { url: `${url}/{{annotation:example.com/ci}}` }, { url: `${url}/{{entity:/spec/type}}` }]) {
      assert.equal((await draw({ ...shown(), ...more })).code, 1, JSON.stringify(more));
      assert.equal(seen.length, 0);
    }
  });
  test('a kind and an annotation make it apply', async () => {
    await drawn({ ...shown(), kinds: ['api', 'Component'], annotation: 'example.com/ci' }, builds, { from: entity({ 'example.com/ci': 'x' }) });
  });
  test('a status that is configured as absent is no error', async () => {
    assert.equal((await draw({ ...shown(), absent: [404] }, {}, { status: 404 })).code, 1);
  });
});

describe('placeholders', () => {
  const asked = async (more, from) => { await draw({ ...shown(), ...more }, builds, { from }); return seen[0]; };
  test('are escaped, so that no value leaves its place', async () => {
    const from = entity({ 'example.com/ci': 'acme/shop?x=1&y#z %' });
    assert.equal((await asked({ url: `${url}/p/{{annotation:example.com/ci}}/b?q={{annotation:example.com/ci}}&k={{kind}}&s={{namespace}}&r={{ref}}&o={{entity:/spec/owner}}&p={{entity:/spec/port}}` }, from)).url,
      '/p/acme%2Fshop%3Fx%3D1%26y%23z%20%25/b?q=acme%2Fshop%3Fx%3D1%26y%23z%20%25&k=component&s=default&r=component%3Adefault%2Fx&o=team-a&p=80');
  });
  test('keep their slashes with |path', async () => {
    assert.equal((await asked({ url: `${url}/repos/{{annotation:example.com/ci|path}}/runs` }, entity({ 'example.com/ci': 'acme/sh op' }))).url, '/repos/acme/sh%20op/runs');
  });
  for (const value of ['..', '.', 'a/../..', '../x'])
    test(`"${value}" leads nowhere else`, async () => {
      const f = await draw({ ...shown(), url: `${url}/repos/{{annotation:example.com/ci|path}}/runs` }, builds, { from: entity({ 'example.com/ci': value }) });
      assert.match(f.error, /^Builds: what the entity says would lead out of the path/);
      assert.equal(seen.length, 0);
    });
  test('in a body are written as its type needs it', async () => {
    const from = entity({ 'example.com/ci': 'a"b\\c&d' }, {});
    const json = await asked({ method: 'POST', body: '{"query":"{{annotation:example.com/ci}}"}' }, from);
    assert.deepEqual([json.method, json.headers['content-type'], JSON.parse(json.body)], ['POST', 'application/json', { query: 'a"b\\c&d' }]);
    const form = await asked({ method: 'POST', content_type: 'application/x-www-form-urlencoded', body: 'q={{annotation:example.com/ci}}' }, from);
    assert.equal(form.body, 'q=a%22b%5Cc%26d');
  });
});

describe('credentials', () => {
  for (const [what, more, header, value] of [
    ['a token', { token: 'abc-secret' }, 'authorization', 'Bearer abc-secret'],
    ['a user', { username: 'u', password: 'p:w-secret' }, 'authorization', `Basic ${Buffer.from('u:p:w-secret').toString('base64')}`],
    ['a secret header', { secret_headers: { 'X-Api-Key': 'key-secret' } }, 'x-api-key', 'key-secret'],
    ['a header', { headers: { Accept: 'application/vnd.x+json' } }, 'accept', 'application/vnd.x+json'],
  ])
    test(`${what} is sent`, async () => { await drawn({ ...shown(), ...more }); assert.equal(seen[0].headers[header], value); });
  test('what an upstream repeats of them is masked', async () => {
    const f = await draw({ ...shown(), secret_headers: { Authorization: 'Bearer my-secret-1' } }, { message: 'bad my-secret-1' }, { status: 401, secrets: ['Bearer my-secret-1'] });
    assert.match(f.error, /does not accept the credential \(401\): bad \*\*\*$/);
  });
});

describe('errors say what was there', () => {
  for (const [what, more, answer, error] of [
    ['a list that is not there', { list: '/data/builds' }, { data: { items: [], n: 1 } }, /^Builds: 127\.0\.0\.1:\d+: the pointer \/data\/builds finds nothing: at \/data there is an object with items, n$/],
    ['nothing at all', { list: '/data' }, { error: 'x' }, /the pointer \/data finds nothing: there is an object with error$/],
    ['a list that is none', { list: '/builds' }, { builds: 'none today' }, /the pointer '\/builds' finds the text 'none today', where a list is needed$/],
    ['a field that no row has', { item: { label: '/title', state: '/status' } }, builds, /3 of 3 are left out: the pointer \/title finds nothing: there is an object with id, ref, status, at, who, web, s$/],
    ['no JSON', {}, '<html>', /^Builds: 127\.0\.0\.1:\d+: the answer is no JSON: line 1/],
  ])
    test(what, async () => { assert.match((await draw({ ...shown(), ...more }, answer)).error, error); });
  test('an optional field that no row has is told beside the rows', async () => {
    const p = await drawn({ ...shown(), item: { label: '/ref', state: '/status', since: '/when' } });
    assert.equal(p.items.length, 3);
    assert.match(p.partial[0].message, /^the pointer \/when finds nothing: there is an object with id/);
  });
  for (const [status, code, words] of [[401, -4, /does not accept the credential \(401\): why$/], [403, -4, /gives no right/], [404, -3, /has no such address/], [429, -6, /too often/], [418, -2, /answered 418: why$/], [500, -8, /answered 500: why$/]])
    test(`${status} is a sentence`, async () => {
      const f = await draw(shown(), { message: 'why' }, { status, headers: status === 429 ? { 'Retry-After': '60' } : {} });
      assert.deepEqual([f.code, f.error_code], [-1, code], f.error);
      assert.match(f.error, words);
    });
});

describe('several panels', () => {
  test('are a group, and one that fails is named beside the others', async () => {
    const g = await drawn([shown('good'), { ...shown('bad'), title: 'Other' }, { ...shown('gone'), title: 'Pointless', list: '/x' }], rq => rq.url.startsWith('/api/bad') ? [500, {}] : [200, builds, { 'X-Simulated': 'yes' }]);
    assert.deepEqual([g.type, g.panels.map(p => p.title), g.source], ['group', ['Builds'], { simulated: true }]);
    assert.deepEqual(g.partial.map(p => p.source), ['Other', 'Pointless']);
    assert.equal(g.summary, 'Builds: 1 error, 1 unknown, 1 ok');
    assert.equal(g.panels[0].source.simulated, true);
  });
  test('all that fail are an error', async () => {
    assert.match((await draw([shown('a'), shown('b')], {}, { status: 500 })).error, /^Builds: 127\.0\.0\.1:\d+ answered 500$/);
  });
  test('twelve are drawn, and of thirteen one is told', async () => {
    assert.equal((await drawn(Array.from({ length: 12 }, (_, i) => shown(`p${i}`)))).partial, undefined);
    const over = await drawn(Array.from({ length: 13 }, (_, i) => shown(`p${i}`)));
    assert.deepEqual([over.panels.length, over.partial], [12, [{ source: 'http', message: '1 more panels apply; an entity has 12' }]]);
  });
});

describe('a configuration that makes no sense is refused with a sentence', () => {
  for (const [what, more, error] of [
    ['a placeholder in front of the path', { url: 'https://{{name}}.example.com/' }, /^panels\/0 \(Builds\): url: a placeholder may stand in the path and in the query only/],
    ['one behind a userinfo', { url: 'https://good.example.com{{name}}/' }, /may stand in the path/],
    ['a placeholder that is none', { url: 'https://x.example.com/{{nmae}}' }, /'\{\{nmae\}\}' is no placeholder: there are name, namespace/],
    ['one that does not end', { url: 'https://x.example.com/{{name' }, /has no '\}\}'/],
    ['a pointer without its entity', { url: 'https://x.example.com/{{/spec/owner}}' }, /of the entity it is '\{\{entity:\/spec\/owner\}\}'/],
    ['a fragment', { url: 'https://x.example.com/a#b' }, /'#'/],
    ['a body of a GET', { body: '{}' }, /body: only POST has one/],
    ['a placeholder in a body of another type', { method: 'POST', content_type: 'text/xml', body: '<a>{{name}}</a>' }, /can be written safely only into/],
    ['a field that the type lacks', { item: { label: '/a', state: '/b', value: '/c' } }, /item: there is no 'value' in type status; there are label, state, text, detail, since, url/],
    ['a field that is missing', { item: { label: '/a' } }, /item: of type status it needs 'state'/],
    ['a list without an item', { item: undefined }, /type status needs list and item/],
    ['a table without columns', { type: 'table', item: undefined }, /a table needs list, a pointer to the list, and columns/],
    ['a pointer that is none', { item: { label: '/a~b', state: '/b' } }, /item: label: in a JSON pointer '~' is written '~0'/],
    ['a list that is no pointer', { list: 'builds' }, /list: a JSON pointer begins with '\/'/],
    ['a markdown of a status', { markdown: 'x' }, /only type text has it/],
    ['two credentials', { token: 'abcd', username: 'u', password: 'p' }, /only one can be sent/],
  ])
    test(what, async () => {
      const host = new Host();
      await host.load(object('http'));
      const frame = await host.open({ panels: [filled({ ...shown(), ...more })] });
      await host.stop();
      assert.notEqual(frame.op, 'opened');
      assert.match(frame.error, error);
    });
});

describe('beside callboard', () => {
  let plugins, server;
  before(async () => {
    seen = [];
    answers = () => [200, builds];
    plugins = new Plugins('http');
    const secret = path.join(plugins.dir, 'key');
    fs.writeFileSync(secret, 'the-key-of-ci\n');
    server = await startWith(plugins, { sections: `  http:
    panels:
      - title: Builds
        url: ${url}/api/{{annotation:example.com/greeting}}/builds?of={{name}}
        secret_headers: {X-Key: "file:${secret}"}
        type: status
        list: /builds
        item: {label: "{{/ref}}", state: /status, url: /web}
        ttl_s: 1
` });
    await server.ready('http');
  });
  after(async () => { await server?.stop(); plugins?.remove(); });

  test('a URL with placeholders in its configuration is one that may be asked', async () => {
    const r = await server.panel('http/facts');
    assert.equal(r.json.data?.items.length, 3, JSON.stringify(r.json));
    assert.deepEqual([seen[0].url, seen[0].headers['x-key']], ['/api/Jane/builds?of=x', 'the-key-of-ci']);
  });
  test('an entity without the annotation has nothing', async () => {
    assert.equal((await server.panel('http/facts', '', 'component/default/other')).json.state, 'absent');
  });
  test('its upstream down, the last answer is shown with its age', async () => {
    answers = () => [503, {}];
    const r = await server.until('it is stale', async () => { const p = await server.panel('http/facts', '?refresh=true'); return p.json.stale && p; });
    assert.equal(r.json.data.items.length, 3);
    answers = () => [200, builds];
    await server.until('it is fresh', async () => (await server.panel('http/facts', '?refresh=true')).json.stale === false);
  });
});
