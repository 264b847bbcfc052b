// The language of software templates as the engine asks for it: POST render and GET extensions of the plugin "templates".
import assert from 'node:assert';
import { after, before, test } from 'node:test';
import { started } from './host.mjs';

const EINVAL = -2, ELIMIT = -6;
let host;

before(async () => { host = await started('templates'); });
after(() => host.stop());

const ask = body => host.call('render', { what: 'route', owner: 'POST', deadline_ms: 20000, input: { path: {}, query: {}, headers: {}, body } });
async function render(templates, context = {}, more = {}) {
  const done = await ask({ templates, context, ...more });
  assert.equal(done.code, 0, done.error);
  return done.json.results;
}
async function fails(code, sentence, body) {
  const done = await ask(body);
  assert.equal(done.code, -1, JSON.stringify(done.json));
  assert.match(done.error, sentence);
  assert.equal(done.error_code, code);
}

test('every text of a value is rendered, keys are not, and one ${{ }} alone keeps its type', async () => {
  const value = { '${{ a }}': ['${{ n }}', 'n=${{ n }}', { deep: '${{ list }}', gone: '${{ nothing }}' }, '${{ nothing }}'], plain: 1, none: null };
  assert.deepEqual(await render([{ at: 'steps[0].input', value, as: 'value' }], { n: 12, list: [1, { x: true }] }),
    [{ value: { '${{ a }}': [12, 'n=12', { deep: [1, { x: true }] }, null], plain: 1, none: null } }]);
});

test('a value that is undefined is absent, and null is a value', async () => {
  assert.deepEqual(await render([{ at: 'a', value: '${{ x }}' }, { at: 'b', value: '${{ y }}' }], { y: null }), [{ absent: true }, { value: null }]);
});

test('a condition is a boolean: an empty list is none, any text but "" is one', async () => {
  const of = async value => (await render([{ at: 'if', value, as: 'condition' }], { empty: [], full: [0], no: 'false', zero: 0, nul: null, o: {} }))[0].value;
  for (const [value, is] of [[true, true], [false, false], ['${{ empty }}', false], ['${{ full }}', true], ['${{ no }}', true], ['${{ zero }}', false],
    ['${{ nul }}', false], ['${{ missing }}', false], ['${{ o }}', true], ['', false], ['{% if zero %}x{% endif %}', false], ['x', true]])
    assert.equal(await of(value), is, JSON.stringify(value));
});

test('it says who called always() and failure()', async () => {
  const [a, b, c] = await render([{ at: 'a', value: '${{ always() }}', as: 'condition' }, { at: 'b', value: '${{ failure() or always() }}' }, { at: 'c', value: '${{ 1 }}' }]);
  assert.deepEqual([a, b, c], [{ value: true, called: ['always'] }, { value: true, called: ['always', 'failure'] }, { value: 1 }]);
  assert.deepEqual(await render([{ at: 'a', value: '${{ failure() }}', as: 'condition' }], {}, { failed: true }), [{ value: true, called: ['failure'] }]);
});

test('a template that cannot be read or fails ends the call, with its place', async () => {
  await fails(EINVAL, /^steps\[2\]\.input\.values\.name:2:6: expected the end of the tag, not "b"$/, { templates: [{ at: 'steps[2].input', value: { values: { name: 'x\n${{a b}}' } } }] });
  await fails(EINVAL, /^out\[1\]:1:11: there is no filter "nope"$/, { templates: [{ at: 'out', value: ['ok', '${{ "a" | nope }}'] }] });
  await fails(ELIMIT, /^x:1:\d+: it takes more than 1000000 steps$/, { templates: [{ at: 'x', value: '{% for i in range(99999999) %}{% endfor %}' }] });
  await fails(EINVAL, /no list "templates"/, {});
});

test('parseRepoUrl knows the hosts of the configuration', async () => {
  const integrations = [{ host: 'git.example.com', type: 'gitea' }];
  assert.deepEqual(await render([{ at: 'a', value: '${{ u | parseRepoUrl }}' }, { at: 'b', value: '${{ u | projectSlug }}' }], { u: 'git.example.com?owner=acme&repo=shop' }, { integrations }),
    [{ value: { host: 'git.example.com', owner: 'acme', repo: 'shop' } }, { value: 'acme/shop' }]);
  await fails(EINVAL, /no integration for the host other.example.com/, { templates: [{ at: 'a', value: '${{ "other.example.com?repo=x" | parseRepoUrl }}' }], integrations });
});

test('extensions are described as Backstage describes its own', async () => {
  const done = await host.call('extensions', { what: 'route', owner: 'GET', input: { path: {}, query: {}, headers: {} } });
  assert.deepEqual(Object.keys(done.json.filters).sort(), ['parseEntityRef', 'parseRepoUrl', 'pick', 'projectSlug']);
  assert.deepEqual(done.json.globals, { functions: {}, values: {} });
});
