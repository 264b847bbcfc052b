// Search as Backstage answers it: its questions, its answers, its errors; and an order that a reader would choose.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { missing, startServer } from '../support/server.mjs';
import { Repo, component, documents } from '../support/repo.mjs';
import { assertError } from './fixture.mjs';

const opts = { skip: missing, timeout: 120_000 };
const it = (name, fn) => test(name, opts, fn);
const head = 'apiVersion: backstage.io/v1alpha1\n';
const made = (name, { kind = 'Component', title, description, tags = [], type = 'service', lifecycle = 'production', owner = 'team-a', namespace = 'default' } = {}) =>
  `${head}kind: ${kind}\nmetadata: {name: ${name}, namespace: ${namespace}${title ? `, title: ${JSON.stringify(title)}` : ''}${description ? `, description: ${JSON.stringify(description)}` : ''}, tags: ${JSON.stringify(tags)}}
spec: {type: ${type}, lifecycle: ${lifecycle}, owner: ${owner}${kind === 'API' ? ', definition: "{}"' : ''}}\n`;

const company = documents(
  made('ledger'),
  made('books', { title: 'Ledger' }),
  made('main-ledger'),
  made('journal', { title: 'The Ledger of all' }),
  made('archive', { tags: ['ledger'] }),
  made('ledgerkeeper'),
  made('stock', { description: 'Counts boxes, the ledger does the rest' }),
  made('payment-service', { description: 'Takes money from customers' }),
  made('refundService', { description: 'Calls paymentService and gives it back' }),
  made('order_service_v2'),
  made('com.acme.billing', { kind: 'API', type: 'grpc', lifecycle: 'deprecated' }),
  made('warehouse', { title: 'HTTPServer für Größen', type: 'library', owner: 'group:default/team-b' }),
  made('odd', { description: '<script>alert("x")</script> 100% {safe}; \\ \u{1f984} مرحبا' }),
  `${head}kind: User\nmetadata: {name: jane}\nspec: {profile: {displayName: Jane Doe, email: jane@example.com}, memberOf: []}\n`,
  ...Array.from({ length: 30 }, (_, i) => made(`page-${String(i).padStart(2, '0')}`, { namespace: 'pages', description: 'one of many pages' })),
);
let server;
before(async () => {
  if (missing) return;
  server = await startServer({ catalog: { 'all.yaml': company } });
});
after(() => server?.stop());

const ask = query => server.get(`/api/search/query?${query}`);
const search = async (term, more = '', on = server) => {
  const answer = await on.get(`/api/search/query?term=${encodeURIComponent(term)}${more}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const found = async (term, more, on) => (await search(term, more, on)).results.map(r => r.document.location.split('/').pop());

it('a result is what Backstage answers, to the last key and in its order', async () => {
  const answer = await ask('term=payment-service&types%5B0%5D=software-catalog');
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual(Object.keys(answer.json), ['numberOfResults', 'results']);
  const [first] = answer.json.results;
  const { preTag, postTag } = first.highlight;
  assert.equal(JSON.stringify(first), JSON.stringify({
    type: 'software-catalog',
    document: {
      kind: 'Component', text: 'Takes money from customers', type: 'service', owner: 'team-a', title: 'payment-service',
      location: '/catalog/default/component/payment-service', lifecycle: 'production', namespace: 'default', componentType: 'service',
    },
    rank: 1,
    highlight: { preTag, postTag, fields: { text: 'Takes money from customers', title: first.highlight.fields.title, location: first.highlight.fields.location, path: '' } },
  }));
  assert.match(preTag, /^<[0-9a-f-]{36}>$/);
  assert.equal(postTag, preTag.replace('<', '</'));
  assert.equal(first.highlight.fields.title.replaceAll(preTag, '').replaceAll(postTag, ''), 'payment-service');
  assert.ok(first.highlight.fields.title.includes(preTag));
});

it('what was found stands between the tags', async () => {
  const [first] = (await search('money')).results;
  const { preTag, postTag, fields } = first.highlight;
  assert.equal(fields.text, `Takes ${preTag}money${postTag} from customers`);
});

it('a user is found by what people call her', async () => {
  assert.deepEqual(await found('jane doe'), ['jane']);
  const [{ document }] = (await search('jane@example.com')).results;
  assert.equal(document.text, 'Jane Doe : jane@example.com');
  assert.equal(document.type, 'other');
});

it('this very name, then this title, then words of the name, the title, the tags, then beginnings, then descriptions', async () => {
  assert.deepEqual(await found('ledger'), ['ledger', 'books', 'main-ledger', 'journal', 'archive', 'ledgerkeeper', 'stock']);
  assert.deepEqual((await search('ledger')).results.map(r => r.rank), [1, 2, 3, 4, 5, 6, 7]);
});

for (const [term, name] of [
  ['payment service', 'payment-service'], ['service payment', 'payment-service'], ['paymentService', 'payment-service'],
  ['PAYMENT_SERVICE', 'payment-service'], ['paymentservice', 'payment-service'], ['payment/service', 'payment-service'],
  ['component:default/payment-service', 'payment-service'], ['refund-service', 'refundservice'], ['refundservice', 'refundservice'],
  ['order service', 'order_service_v2'], ['order-service-v2', 'order_service_v2'], ['acme billing', 'com.acme.billing'],
  ['com.acme', 'com.acme.billing'], ['billing', 'com.acme.billing'], ['http server', 'warehouse'], ['Größen', 'warehouse'], ['größ', 'warehouse'],
])
  it(`${term} finds ${name} first`, async () => assert.equal((await found(term))[0], name));

for (const term of ['pay', 'payment serv', 'paymentSer', 'paymen'])
  it(`the beginning ${term} finds payment-service`, async () => assert.ok((await found(term)).includes('payment-service')));

for (const [term, name] of [['paymnet', 'payment-service'], ['paymet service', 'payment-service'], ['wharehouse', 'warehouse'], ['biling', 'com.acme.billing'], ['arhcive', 'archive']])
  it(`${term} is a slip of the finger for ${name}`, async () => assert.equal((await found(term))[0], name));

it('another form of a word in a description is the same word', async () => {
  assert.ok((await found('customer count')).length === 0);
  assert.deepEqual(await found('counting boxes'), ['stock']);
  assert.deepEqual(await found('the boxes'), ['stock']);
});

it('nothing is found by words nobody has', async () => {
  assert.deepEqual(await search('xyzzyplugh'), { numberOfResults: 0, results: [] });
  assert.deepEqual(await search('ledger xyzzyplugh'), { numberOfResults: 0, results: [] });
});

it('without a term all are there, by ref, and nothing is highlighted', async () => {
  const all = await search('', '&pageLimit=100');
  assert.equal(all.numberOfResults, 45, 'the location that stands for the file too');
  const places = all.results.map(r => r.document.location);
  assert.equal(new Set(places).size, 45);
  assert.equal(places[0], '/catalog/default/api/com.acme.billing');
  assert.deepEqual(all.results[0].highlight.fields, {});
});

for (const [query, names] of [
  ['filters[kind]=API', ['com.acme.billing']],
  ['filters[kind]=api', []],
  ['filters[kind]=API&filters[kind]=User', ['com.acme.billing', 'jane']],
  ['filters[kind][]=API&filters[kind][]=User', ['com.acme.billing', 'jane']],
  ['filters[kind][0]=API&filters[kind][1]=User', ['com.acme.billing', 'jane']],
  ['filters[kind]=Component&filters[type]=library', ['warehouse']],
  ['filters[componentType]=grpc&filters[lifecycle]=deprecated', ['com.acme.billing']],
  ['filters[owner]=group:default/team-b', ['warehouse']],
  ['filters[nothing]=x', []],
  ['filters[authorization][resourceRef]=user:default/jane', ['jane']],
  ['filters[kind]=%00%22%5C', []],
  ['filters[%22)%20||%20(1%3D%3D1]=x', []],
  ['types=techdocs', []],
  ['types=software-catalog&filters[kind]=User', ['jane']],
  ['term=ledger&filters[title]=Ledger', ['books']],
  ['term=jahne&filters[kind]=User', ['jane']],
  ['term=jahne&filters[kind]=API', []],
])
  it(`${query} leaves ${names.length ? names.join(' and ') : 'nothing'}`, async () => {
    const answer = await ask(query);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.json.results.map(r => r.document.location.split('/').pop()).sort(), names);
    assert.equal(answer.json.numberOfResults, names.length);
  });

it('pages follow one another without a gap or a double, there and back', async () => {
  const forth = [], back = [];
  let page = await search('page', '&pageLimit=7'), cursors = 0;
  assert.equal(page.previousPageCursor, undefined);
  for (;;) {
    assert.equal(page.numberOfResults, 30);
    forth.push(page);
    if (!page.nextPageCursor) break;
    assert.equal(page.nextPageCursor, Buffer.from(String(++cursors)).toString('base64'));
    page = await search('page', `&pageLimit=7&pageCursor=${encodeURIComponent(page.nextPageCursor)}`);
  }
  const ranks = forth.flatMap(p => p.results.map(r => r.rank));
  assert.deepEqual(ranks, Array.from({ length: 30 }, (_, i) => i + 1));
  assert.equal(new Set(forth.flatMap(p => p.results.map(r => r.document.location))).size, 30);
  for (; page.previousPageCursor; page = await search('page', `&pageLimit=7&pageCursor=${encodeURIComponent(page.previousPageCursor)}`)) back.unshift(page);
  back.unshift(page);
  assert.deepEqual(back, forth);
  const beyond = await search('page', `&pageCursor=${Buffer.from('99').toString('base64')}`);
  assert.deepEqual([beyond.numberOfResults, beyond.results.length], [30, 0], 'a page behind the last says how many there are');
});

const zod = (message, ...path) => `Invalid query string: ${JSON.stringify([{ code: 'custom', message, path }], null, 2)}`;
for (const [query, message] of [
  [`term=${'a'.repeat(101)}`, zod('The term length "101" is greater than "100"', 'term')],
  [`term=${encodeURIComponent('\u{1f984}'.repeat(51))}`, zod('The term length "102" is greater than "100"', 'term')],
  [`term=${'%25'.repeat(20000)}`, zod('The term length "20000" is greater than "100"', 'term')],
  ['types=x', zod('Invalid input', 'types', 0)],
  ['types[0]=software-catalog&types[1]=x', zod('Invalid input', 'types', 1)],
  ['types=x&pageLimit=101', `Invalid query string: ${JSON.stringify([{ code: 'custom', message: 'Invalid input', path: ['types', 0] }, { code: 'custom', message: 'The page limit "101" is greater than "100"', path: ['pageLimit'] }], null, 2)}`],
  ['pageLimit=abc', 'request/query/pageLimit must be integer'],
  ['pageLimit=1.5', 'request/query/pageLimit must be integer'],
  ['pageLimit=-1', 'request/query/pageLimit must be >= 0'],
  ['term=a&term=b', 'request/query/term must be string'],
  ['pageCursor=a&pageCursor=b', 'request/query/pageCursor must be string'],
  ['filters=x', 'request/query/filters must be object'],
  ['filters[]=x', 'request/query/filters must be object'],
  ['filters[kind]x=y', 'request/query/filters must be object'],
  ['filters[a][b][c][d][e]=x', 'request/query/filters has over 4 keys in one another'],
  [Array.from({ length: 201 }, (_, i) => `filters[kind]=${i}`).join('&'), 'request/query/filters has over 200 values'],
  ['pageCursor=abc', 'Invalid page cursor'],
  ['pageCursor=!', 'Invalid page cursor'],
  [`pageCursor=${Buffer.from('-1').toString('base64')}`, 'Invalid page cursor'],
  [`pageCursor=${Buffer.from('40001').toString('base64')}`, 'Invalid page cursor'],
])
  it(`${query.slice(0, 60)} is refused with its sentence`, async () => assertError(await ask(query), 400, 'InputError', message));

it('the last of each limit is fine', async () => {
  for (const query of [`term=${'a'.repeat(100)}`, 'pageLimit=100', 'pageLimit=0', 'pageCursor=', 'term=', 'filters[a][b][c][d]=x', `pageCursor=${Buffer.from('40000').toString('base64')}`,
    Array.from({ length: 200 }, (_, i) => `filters[kind]=${i}`).join('&')])
    assert.equal((await ask(query)).status, 200, query.slice(0, 60));
  assert.equal((await ask('pageLimit=0')).json.results.length, 25);
});

for (const term of ['%', '%%%%', '*', '_', "'", '"', '\\', "';--", ':*', '!', '&|', '(((', '<->', 'a:*b', "a'b", '\0', 'a\0b', '\u{1f984}', '\u200f\u202emmm', 'مرحبا', '-', '-1', '1e9', '//', 'http://x/y?z=1#a', '<b>', '&amp;', '%s%n', 'a'.repeat(100), 'a '.repeat(50), '- '.repeat(50), '\t\n', '\ufeff'])
  it(`the term ${JSON.stringify(term).slice(0, 24)} gets an answer, quickly`, async () => {
    const begun = Date.now();
    const { results } = await search(term);
    assert.ok(Array.isArray(results));
    assert.ok(Date.now() - begun < 2000);
  });

it('bytes that are no text are no error', async () => {
  assert.equal((await ask('term=%ff%fe')).status, 200);
  assert.equal((await ask(`term=${'a'.repeat(100_000)}`)).status, 414);
});

it('signs of a text do no harm, and words beside them are found', async () => {
  assert.deepEqual(await found('alert safe'), ['odd']);
  assert.deepEqual(await found('مرحبا'), ['odd']);
});

it('who may not read may not search', async () => {
  const guarded = await startServer({ config: 'auth: {tokens: true}' });
  try {
    assert.equal((await guarded.get('/api/search/query?term=a')).status, 401);
  } finally {
    await guarded.stop();
  }
});

test('a commit is found in the generation it makes, and what is gone is not', opts, async () => {
  const repo = new Repo({ 'catalog-info.yaml': documents(component('first'), component('second', { description: 'before' })) });
  const live = await startServer({ sources: [`git: ${repo.dir}`] });
  const generation = async () => Number((await live.get('/api/catalog/entities?fields=kind')).headers['callboard-generation']);
  const next = async change => {
    const now = await generation();
    repo.commit(change);
    await live.until('the next generation', async () => (await generation()) > now);
  };
  try {
    await live.until('the first', async () => (await found('first', '', live)).length === 1);
    await next({ 'catalog-info.yaml': documents(component('second', { description: 'afterwards' }), component('third')) });
    assert.deepEqual(await found('third', '', live), ['third']);
    assert.deepEqual(await found('afterwards', '', live), ['second']);
    assert.deepEqual(await found('first', '', live), []);
    assert.deepEqual(await found('', '', live), ['second', 'third']);
    // Over what is done in one go, and away again.
    const many = n => documents(component('second'), component('third'), ...Array.from({ length: n }, (_, i) => component(`bulk-${i}`)));
    await next({ 'catalog-info.yaml': many(600) });
    assert.equal((await search('bulk', '', live)).numberOfResults, 600);
    assert.deepEqual(await found('bulk-599', '', live), ['bulk-599']);
    await next({ 'catalog-info.yaml': many(590) });
    assert.equal((await search('bulk', '', live)).numberOfResults, 590);
    assert.deepEqual(await found('bulk-599', '&filters[title]=bulk-599', live), []);
  } finally {
    await live.stop();
    repo.remove();
  }
});
