// YAML texts: descriptors as people write them, then bent a little.
// What is wrong in most places is rare: else nearly every text would be wrong.
const wrong = ['a: b', '%', '@x', '`x`', '"\\q"', '*missing', '{% if x %}', '- a', '*', '&', '*a', '!'];
const scalars = [
  'plain', 'two words', '"double"', "'single'", 'a:b', 'http://x.example.com:80/a?b#c', 'x #no comment', 'x#no', '12', '-7', '+3', '0', '-0', '007', '1.5', '1.', '.5', '1e3', '1E-3', '1.e3', '0o17', '0o8', '0xFF', '0xfg', '0b1', '1_000',
  '12345678901234567890', '9007199254740993', '1e400', '.inf', '-.INF', '.nan', '.NaN', 'true', 'True', 'TRUE', 'tRue', 'false', 'yes', 'no', 'on', 'off', 'y', 'null', 'Null', '~', '', '2024-02-29', '2001-12-14t21:59:43.10-05:00', '12:30:45', '<<', '=', '-', '--', '-a', '?a', ':a', 'a-', '|', '>',
  '"\\u00e9\\t\\x41\\n"', '"\\ud83d\\ude00"', '"a\\\n  b"', "'it''s'", '"tab\there"', 'tab\there', '日本語', 'naïve', '😀', '[]', '{}', '[a, b]', '{a: 1, b: 2}', '[a, [b, c], {d: e}]', '{a, b: , c: d}', '[a, b,]', '{"a":1}', '{a:1}', '[a: 1]', '{{ values.name }}', '${{ values.name }}', "${{ values.name | dump }}", '"${{ x }}"', '!!str 12', '!!int "12"', '!!float 1', '!!null ""', '!!bool yes', '!foo bar', '!<tag:example.com,2000:x> y', '! 12', '&a x', '&a [x]',
];
const blocks = [
  '|\n{i}line one\n{i}  two\n', '|-\n{i}strip\n\n', '|+\n{i}keep\n\n', '>\n{i}folded\n{i}text\n\n{i}para\n', '>-\n{i}a\n{i}  more\n{i}b\n', '|2\n{i}  x\n', '>+\n{i}a\n\n\n', '|\n', '|\n{i}# no comment\n{i}---x\n', '|\n{i}{% if a %}\n{i}${{ b }}\n', '>\n\n{i}a\n', '|\n{i}\ttab\n', '| # comment\n{i}x\n',
  '"multi\n{i}line\n\n{i}text"\n', "'multi\n{i}line'\n", 'plain\n{i}goes on\n{i}and on\n', '[a,\n{i}b,\n{i}c]\n', '{\n{i}a: 1,\n{i}b: [x,\n{i}y]\n{i}}\n', '[\n{i}a\n]\n',
];
const wrongBlocks = ['"under\nindented"\n', '[under,\nindented]\n', '|\nunder\n'];
const keys = ['name', 'kind', 'spec', 'a', 'b', 'c', 'd', 'x y', '"quoted"', "'single'", '12', '1.5', 'true', 'null', '~', '0x10', 'a.b/c', '&k key', '$text', 'http://x', '-a', 'a b:c', 'ключ', '<<', '!!str 13', '"a b"', 'e', 'f', 'g', 'owner', 'system', 'definition'];
const bends = ['\t', ' ', '  ', '\n', '\r\n', '# comment\n', '---\n', '...\n', ':', ': ', '- ', '? ', '"', "'", '[', ']', '{', '}', ',', '&a ', '*a', '!x ', '|', '>', '%', '\u2028', '\u0085', '\u0007', '\ufeff', '\r', '\\', '\t# x\n', '\n\t\n', '--- x\n', '%YAML 1.2\n---\n', '\u007f', '\u00a0', '-', '#'];

function value(r, depth, indent) {
  const i = ' '.repeat(indent);
  if (depth > 0 && r.chance(0.35)) return '\n' + (r.chance(0.6) ? map(r, depth - 1, indent) : list(r, depth - 1, r.chance(0.5) ? indent : Math.max(0, indent - 2)));
  if (r.chance(0.01)) return ' ' + r.pick(wrongBlocks);
  if (r.chance(0.01)) return ' ' + r.pick(wrong) + '\n';
  if (r.chance(0.2)) return ' ' + r.pick(blocks).replaceAll('{i}', i);
  return ' ' + r.pick(scalars) + (r.chance(0.1) ? ' # comment' : '') + '\n';
}
function map(r, depth, indent) {
  const i = ' '.repeat(indent);
  let s = '';
  const mine = new Set();
  for (let n = 1 + r.int(4); n > 0; n--) {
    let key = r.pick(keys);
    if (mine.has(key) && !r.chance(0.03)) continue;
    mine.add(key);
    if (r.chance(0.03)) key = '? ' + key + '\n' + i;
    if (r.chance(0.08)) s += r.pick(['\n', '# c\n', i + '# c\n', i + '\n', '   # deep\n']);
    s += i + key + ':' + value(r, depth, indent + r.pick([2, 2, 2, 4, 1]));
  }
  return s;
}
function list(r, depth, indent) {
  const i = ' '.repeat(indent);
  let s = '';
  for (let n = 1 + r.int(3); n > 0; n--) {
    if (depth > 0 && r.chance(0.3)) s += i + '- ' + map(r, depth - 1, indent + 2).trimStart();
    else s += i + '-' + value(r, depth, indent + 2);
  }
  return s;
}
function document(r) {
  if (r.chance(0.05)) return r.pick(scalars) + '\n';
  if (r.chance(0.1)) return list(r, 2, 0);
  return map(r, 3, 0);
}

export function yamlText(r) {
  let s = r.chance(0.3) ? '---\n' : '';
  for (let n = 1 + r.int(2); n > 0; n--) s += document(r) + (n > 1 ? r.pick(['---\n', '---\n', '...\n', '...\n---\n', '--- # c\n']) : '');
  for (let n = r.pick([0, 0, 0, 1, 2]); n > 0; n--) {
    const chars = Array.from(s), at = r.int(chars.length + 1);
    chars.splice(at, r.chance(0.4) ? 1 : 0, r.chance(0.7) ? r.pick(bends) : '');
    s = chars.join('');
  }
  if (r.chance(0.05)) s = s.replaceAll('\n', '\r\n');
  if (r.chance(0.1)) s = s.trimEnd();
  return s;
}
