// Templates out of a seed: every tag, operator, filter, test, function and method of the language, put together by its grammar.
// One in a few is spoilt by a character, so that what is no template is asked about as well.

// mulberry32: the same numbers for the same seed, everywhere.
export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const CONTEXT = {
  parameters: { name: 'Payment Service', owner: 'group:default/team-a', tags: ['java', 'pci', 'tier-1'], replicas: 3, ratio: 0.5, public: true, nothing: null, repoUrl: 'github.com?owner=acme&repo=shop' },
  steps: { fetch: { output: { remoteUrl: 'https://git.example.com/acme/shop', files: ['a.txt', 'b/c.md'], n: -7 } } },
  user: { ref: 'user:default/jane', entity: { metadata: { name: 'jane', annotations: { 'a.b/c': 'x' } }, spec: { memberOf: [] } } },
  a: 1, b: 'two', c: [3, 1, 2], d: { x: 1, y: 'z', 10: 5, 2: 3 }, e: '', f: false, g: true, h: null, zero: 0, neg: -2.5, big: 1e21, tiny: 1e-7,
  text: 'Hello, big World!\nsecond line  here', unicode: 'héllo ŵörld ẞß 😀 ΑΣ', html: '<b>"a" & \'b\'</b> <!-- c --> \\', csv: 'a,b,,c', num: '12.5px', numeric: '42',
  people: [{ name: 'bob', age: 30, in: { city: 'Ulm' } }, { name: 'Ann', age: 4, in: { city: 'bonn' } }, { name: 'al', age: 30 }],
  pairs: [['k', 1], ['l', 'm']], nested: [[1, [2, [3]]], 'x', null], link: 'see http://a.example/x. or www.b.example, mail c@d.example (e.org)',
};

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'zero', 'neg', 'big', 'tiny', 'text', 'unicode', 'html', 'csv', 'num', 'numeric', 'people', 'pairs', 'nested', 'link', 'parameters', 'steps', 'user', 'missing', 'x', 'y', 'i', 'k', 'v'];
const MEMBERS = ['parameters.name', 'parameters.tags', 'parameters.replicas', 'parameters.public', 'parameters.nothing', 'parameters.missing', 'steps.fetch.output.files', 'steps.fetch.output.n', 'steps.none.output', 'user.entity.metadata',
  'user.entity.metadata.annotations["a.b/c"]', 'd.x', 'd[10]', 'd["y"]', 'c[0]', 'c[a]', 'people[0].name', 'people[1].in.city', 'text[0]', 'unicode[14]', 'c.length', 'text.length', 'd.length', 'nested[0][1][1]', 'loop.index', 'loop.last'];
const STRINGS = ['""', '"x"', "'it'", '"a,b"', '"Ä"', '" "', '"\\n"', '"\\""', '"😀"', '"10"', '"ab ab"', '"-"', '"name"', '"in.city"', '"<i>"', "'%}'", "'}}'", '"#}"'];
const NUMBERS = ['0', '1', '2', '3', '10', '1.5', '0.1', '100', '7', '255', '12345678901234567890'];
const REGEXES = ['r/a/', 'r/[aeiou]/g', 'r/\\s+/g', 'r/(\\w)(\\w)/', 'r/^h/i', 'r/l+/gi', 'r/\\d/g', 'r/$/m', 'r/./g', 'r/,/', 'r/x*/g', 'r/(a)|b/g', 'r/ö/'];
const TEXT_FILTERS = ['capitalize', 'center', 'center(30)', 'escape', 'e', 'forceescape', 'indent', 'indent(2)', 'indent(1, true)', 'lower', 'nl2br', 'safe', 'string', 'striptags', 'striptags(true)', 'title', 'trim', 'truncate(5)', 'truncate(8, true)',
  'truncate(7, false, "~")', 'upper', 'urlencode', 'urlize', 'urlize(5, true)', 'wordcount', 'length', 'list', 'reverse', 'first', 'last', 'int', 'float', 'int(5)', 'int(0, 16)', 'float(1)', 'replace("a", "b")', 'replace("l", "L", 1)', 'replace("", "-")',
  'replace(r/[aeiou]/g, "<$&>")', 'replace(r/(l)(.)/, "$2$1$$")', 'batch(3)', 'slice(2)', 'default("d")', 'd("d", true)', 'dump', 'join', 'select', 'abs', 'round'];
const LIST_FILTERS = ['batch(2)', 'batch(2, "-")', 'slice(2)', 'slice(2, 0)', 'first', 'last', 'length', 'list', 'join', 'join(", ")', 'join("-", "name")', 'reverse', 'sort', 'sort(true)', 'sort(reverse=true)', 'sort(attribute="name")',
  'sort(false, true, "name")', 'sort(attribute="in.city")', 'select', 'select("odd")', 'reject("undefined")', 'select("gt", 1)', 'reject', 'selectattr("age")', 'rejectattr("in")', 'sum', 'sum("age")', 'sum("age", 2)', 'groupby("age")', 'groupby("in.city")',
  'dump', 'dump(1)', 'string', 'urlencode', 'default([])', 'select("string")'];
const DICT_FILTERS = ['dictsort', 'dictsort(true)', 'dictsort(false, "value")', 'list', 'length', 'dump', 'dump(2)', 'dump("..")', 'urlencode', 'first', 'last', 'string', 'default(1)', 'reverse', 'sort', 'join'];
const NUMBER_FILTERS = ['abs', 'int', 'float', 'round', 'round(1)', 'round(2, "ceil")', 'round(0, "floor")', 'round(-1)', 'string', 'default(0)', 'dump', 'length', 'escape', 'replace(1, 2)', 'upper', 'list'];
const TESTS = ['callable', 'defined', 'divisibleby(2)', 'divisibleby(a)', 'eq(1)', 'equalto("two")', 'sameas(a)', 'escaped', 'even', 'odd', 'falsy', 'truthy', 'ge(1)', 'greaterthan(2)', 'gt(0)', 'le(1)', 'lessthan("b")', 'lt(3)', 'lower', 'upper', 'iterable',
  'mapping', 'ne(1)', 'none', 'null', 'number', 'string', 'undefined', 'foo', 'eq', 'odd(1)'];
const TEXT_METHODS = ['charAt(1)', 'charCodeAt(0)', 'concat("!", 1)', 'endsWith("d")', 'includes("l")', 'indexOf("l")', 'indexOf("l", 4)', 'lastIndexOf("l")', 'lastIndexOf("l", 3)', 'replace("l", "$&$&")', 'replace(r/[lo]/g, "_")', 'slice(1, 4)', 'slice(-3)',
  'split(",")', 'split("")', 'split(r/[,l]/)', 'split(" ", 2)', 'split()', 'startsWith("H")', 'startsWith("e", 1)', 'substring(4, 1)', 'substring(2)', 'toLowerCase()', 'toUpperCase()', 'trim()', 'trimEnd()', 'trimStart()', 'length', 'foo()', 'at(0)'];
const NUMBER_METHODS = ['toExponential()', 'toExponential(2)', 'toFixed()', 'toFixed(2)', 'toPrecision(3)', 'toPrecision()', 'toString()', 'toString(2)', 'toString(36)', 'toFixed(101)'];
const LIST_METHODS = ['at(-1)', 'at(0)', 'concat([4], 5)', 'copyWithin(0, 1)', 'fill(0, 1)', 'flat()', 'flat(3)', 'includes(1)', 'indexOf(1)', 'join("-")', 'join()', 'lastIndexOf(2)', 'pop()', 'push(9)', 'push(8, 9)', 'reverse()', 'shift()', 'slice(1)',
  'slice(-2, -1)', 'sort()', 'splice(1, 1)', 'splice(0, 1, 7, 8)', 'splice(1)', 'unshift(0)', 'length', 'map(1)'];
const PYTHON = ['c.append(4)', 'c.count(1)', 'c.find(2)', 'c.index(1)', 'c.insert(1, 9)', 'c.pop(0)', 'c.pop()', 'c.remove(3)', 'd.get("x")', 'd.get("q", 5)', 'd.has_key("x")', 'd.items()', 'd.keys()', 'd.values()', 'd.pop("x")', 'd.popitem()',
  'd.setdefault("n", 1)', 'd.update({q: 1})', 'd.iteritems()', 'd.iterkeys()', 'd.itervalues()', 'True', 'False', 'None', 'd | jsonify'];
const GROWS = /push|unshift|splice|append|insert/;
const WORDS = ['x', ' ', '\n', 'text ', '  \n  ', '{', '}', '$', '{{ a }}', 'é', '# {', '-', '\t', '"', "it's ", '\n\n', '$$', '%}', '😀 '];

export class Generator {
  constructor(seed) { this.next = random(seed); this.macros = this.loops = 0; }
  int(n) { return Math.floor(this.next() * n); }
  one(list) { return list[this.int(list.length)]; }
  chance(p) { return this.next() < p; }

  atom(depth) {
    const k = this.int(14);
    if (k < 4) return this.one(NAMES);
    if (k < 7) return this.one(MEMBERS);
    if (k < 9) return this.one(STRINGS);
    if (k < 11) return this.one(NUMBERS);
    if (k === 11) return this.one(['true', 'false', 'none', 'null', 'undefined', 'True', 'None']);
    if (depth <= 0) return 'a';
    if (k === 12) return `[${Array.from({ length: this.int(4) }, () => this.expression(depth - 1)).join(', ')}]`;
    return `{${Array.from({ length: this.int(3) }, () => `${this.one(['k', '"l"', 'x', '"2"', '"10"'])}: ${this.expression(depth - 1)}`).join(', ')} }`;
  }
  filtered(depth) {
    const kinds = [[['text', 'unicode', 'html', 'csv', 'b', 'num', 'link', 'parameters.name', 'e'], TEXT_FILTERS], [['c', 'people', 'pairs', 'nested', 'parameters.tags', 'range(5)', '["b","A","c"]', '[]'], LIST_FILTERS],
      [['d', 'user.entity', 'parameters', '{}', 'people[0]'], DICT_FILTERS], [['a', 'zero', 'neg', 'big', 'tiny', '2.345', 'parameters.replicas', '-7'], NUMBER_FILTERS]];
    const [values, filters] = this.one(kinds);
    let s = this.chance(0.85) ? this.one(values) : this.operand(depth - 1);
    for (let i = 1 + this.int(this.chance(0.3) ? 3 : 1); i > 0; i--) s += `${this.one([' | ', '|'])}${this.chance(0.9) ? this.one(filters) : this.one(this.one(kinds)[1])}`;
    return s;
  }
  method() {
    const k = this.int(4);
    if (k === 0) return `${this.one(['text', 'unicode', 'csv', 'b', '"a-b-c"', 'parameters.name'])}.${this.one(TEXT_METHODS)}`;
    if (k === 1) return `${this.one(['a', 'neg', 'big', 'tiny', '(255)', '(0.5)', '(1.005)', '(1e21)', 'parameters.ratio'])}.${this.one(NUMBER_METHODS)}`.replace('(1e21)', '(123.456)');
    if (k === 2) { // a list that grows while a loop goes through it ends with the limit of steps, after seconds
      const m = this.one(LIST_METHODS);
      return `${this.loops && GROWS.test(m) ? '[3, 1, 2]' : this.one(['c', 'nested', 'parameters.tags', '[3, 1, 2]', 'people'])}.${m}`;
    }
    return `${this.one(REGEXES)}.test(${this.one(['text', 'b', '"Hello"', 'a'])})`;
  }
  operand(depth) {
    if (depth <= 0) return this.atom(0);
    const k = this.int(13);
    if (k < 4) return this.atom(depth);
    if (k < 7) return this.filtered(depth);
    if (k === 7) return this.method();
    if (k === 8) return `(${this.expression(depth - 1)})`;
    if (k === 9) return `${this.one(['-', '+', 'not '])}${this.operand(depth - 1)}`;
    if (k === 10) return `${this.one(['c', 'text', 'unicode', 'people', '[1, 2, 3, 4]', 'missing'])}[${this.one(['1:', ':2', '::2', '-2:', ':-1', '1:3', '::-1', ':', '5:', '0:9', 'a:3', '1:2:1'])}]`;
    if (k === 11) return this.one(['range(3)', 'range(1, 7, 2)', 'range(3, 0, -1)', 'range(a)', 'range(0)', 'cycler(1, 2).next()', 'joiner()()', 'joiner(";")()']);
    return this.atom(depth);
  }
  expression(depth) {
    if (depth <= 0) return this.operand(0);
    const k = this.int(16);
    if (k < 5) return this.operand(depth);
    if (k < 11) {
      let s = this.operand(depth - 1);
      for (let i = 1 + this.int(3); i > 0; i--)
        s += ` ${this.one(['+', '-', '*', '/', '//', '%', '**', '~', '==', '!=', '===', '!==', '<', '<=', '>', '>=', 'and', 'or', 'in', 'not in', 'and', 'or', '+', '~', '=='])} ${this.operand(depth - 1)}`;
      return s;
    }
    if (k < 14) return `${this.operand(depth - 1)} is ${this.chance(0.2) ? 'not ' : ''}${this.one(TESTS)}`;
    return `${this.operand(depth - 1)} if ${this.operand(depth - 1)}${this.chance(0.7) ? ` else ${this.operand(depth - 1)}` : ''}`;
  }

  python() {
    const s = this.one(PYTHON);
    return this.loops && GROWS.test(s) ? 'c' : s;
  }

  open() { return this.one(['{%', '{%', '{%', '{%-']); }
  close() { return this.one(['%}', '%}', '%}', '-%}']); }
  tag(s) { return `${this.open()} ${s} ${this.close()}`; }
  output(depth) { return `${this.value}${this.one(['', '', '', '-'])} ${this.cookiecutter && this.chance(0.3) ? this.python() : this.expression(depth)} ${this.one(['', '', '', '-'])}}}`; }
  body(depth) { return Array.from({ length: 1 + this.int(3) }, () => this.statement(depth - 1)).join(''); }
  statement(depth) {
    if (depth <= 0) return this.chance(0.5) ? this.one(WORDS) : this.output(1);
    const e = () => this.expression(this.int(2));
    switch (this.int(17)) {
      case 0: return `${this.tag(`if ${e()}`)}${this.body(depth)}${this.chance(0.4) ? this.tag(`${this.one(['elif', 'elseif'])} ${e()}`) + this.body(depth) : ''}${this.chance(0.5) ? this.tag('else') + this.body(depth) : ''}${this.tag('endif')}`;
      case 1:
      case 2: {
        this.loops++;
        const loop = `${this.tag(`for ${this.one(['x', 'i', 'k, v', 'x, y, i', 'a'])} in ${this.one(['c', 'people', 'd', 'pairs', 'text', 'range(3)', '[]', '{a: 1, b: 2}', 'missing', 'parameters.tags', 'nested', e()])}`)}${this.body(depth)}${this.chance(0.3) ? this.tag('else') + this.body(depth) : ''}${this.tag('endfor')}`;
        this.loops--;
        return loop;
      }
      case 3: return this.tag(`set ${this.one(['x', 'y', 'k', 'a', 'c', 'x, y', 'loop'])} = ${e()}`);
      case 4: return `${this.tag(`set ${this.one(['x', 'y', 'b'])}`)}${this.body(depth)}${this.tag('endset')}`;
      case 5: {
        const m = `m${this.macros++}`;
        return `${this.tag(`macro ${m}(${this.one(['', 'x', 'x, y', 'x, y=2', 'x=a, k="q"', 'c'])})`)}${this.body(depth)}${this.chance(0.3) ? `${this.value} caller() if caller }}` : ''}${this.tag('endmacro')}${this.value} ${m}(${this.one(['', '1', 'b, c', 'y=3', 'x=1, y=2', '1, 2, 3', 'c, k="z"'])}) }}${this.chance(0.3) ? `${this.tag(`call ${m}(${this.one(['', '5', 'a, b'])})`)}${this.body(depth)}${this.tag('endcall')}` : ''}`;
      }
      case 6: return `${this.tag(`filter ${this.one(['upper', 'trim', 'replace("a", "4")', 'indent(2, true)', 'title', 'striptags', 'length', 'escape', 'foo'])}`)}${this.body(depth)}${this.tag('endfilter')}`;
      case 7: return `${this.tag(`block ${this.one(['one', 'two'])}${this.macros++}`)}${this.body(depth)}${this.tag('endblock')}`;
      case 8: return `${this.tag(`switch ${e()}`)}${this.one(['', '\n', ' '])}${Array.from({ length: this.int(3) }, () => this.tag(`case ${e()}`) + (this.chance(0.8) ? this.body(depth) : '')).join('')}${this.chance(0.6) ? this.tag('default') + this.body(depth) : ''}${this.tag('endswitch')}`;
      case 9: return `{% raw %}${this.one(['${{ a }}', '{% if %}', 'x', '{# c #}', '{{ a }}'])}{% endraw %}`;
      case 10: return `{#${this.one(['', '-'])} ${this.one(['c', '${{ a', '{% x %}', 'ab\ncd'])} ${this.one(['', '-'])}#}`;
      case 11: return this.one(WORDS);
      default: return this.output(2);
    }
  }
  spoil(s) {
    const all = [...s], i = this.int(all.length), c = this.one(['', '{', '}', '%', '|', '"', "'", '(', ')', ' ', '.', ',', '-', '=', '[', ']', '~', 'not ', '$', '#', '@', '1', '\\']);
    all.splice(i, this.chance(0.5) ? 0 : 1, c);
    return all.join('');
  }
  // One template: {source, cookiecutter, trimBlocks, lstripBlocks, text}
  template() {
    this.cookiecutter = this.chance(0.1);
    this.value = this.cookiecutter ? '{{' : '${{';
    this.macros = 0;
    this.loops = 0;
    let source;
    if (this.chance(0.5)) source = `${this.value} ${this.expression(2 + this.int(2))} }}`;
    else source = Array.from({ length: 1 + this.int(4) }, () => this.statement(1 + this.int(3))).join('');
    if (this.chance(0.08)) source = this.spoil(source);
    return { source, cookiecutter: this.cookiecutter, trimBlocks: this.chance(0.2), lstripBlocks: this.chance(0.2), text: this.chance(0.2) };
  }
}
