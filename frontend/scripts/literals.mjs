// Text that a person reads stands in a messages.ts, so that every language can say it: this fails on any other file
// that has some. Those that are not clean yet are named in literals.txt, which may only shrink.
//   node scripts/literals.mjs [FRONTEND]
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'vite'; // TypeScript 7 has no kept interface to its parser

/** Props, and properties of rows, whose text is shown or read aloud. */
const READ = new Set([
  'alt', 'aria-braillelabel', 'aria-description', 'aria-label', 'aria-placeholder', 'aria-roledescription',
  'aria-valuetext', 'caption', 'description', 'empty', 'heading', 'help', 'hint', 'label', 'legend', 'message',
  'placeholder', 'summary', 'text', 'title', 'tooltip', 'what', 'why',
]);
const READ_END = /[a-z](Hint|Label|Message|Text|Title)$/;

/** What stands in these is typed or pressed, and no language's. */
const CODE = new Set(['code', 'kbd', 'pre', 'samp', 'style']);

/** The same in every language. */
const NAMES = new Set(['callboard', 'JSON', 'YAML']);

const LETTER = /\p{L}/u;
/** Words that begin as a sentence does; a class, a key or an address does not. */
const SENTENCE = /^(\p{Lu}[\p{L}’']*|callboard) \p{L}/u;

const MESSAGES = /(^|[/-])messages$/;
/** What is thrown ends on the page. */
const ERROR = /(Error|^Wrong)$/;

const isRead = (name) => READ.has(name) || READ_END.test(name);

/**
 * Where TEXT, the source of FILE, says something by itself, or takes a message when it is loaded and not when it is
 * drawn, so that it stays in the language of that moment: [{ line, text, kept }], from top to bottom.
 */
export function literalsIn(file, text) {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
  const found = new Map();
  const add = (node, words) => {
    const plain = words.trim().replace(/\s+/g, ' ');
    if (LETTER.test(plain) && !NAMES.has(plain)) found.set(node.start, { text: plain, kept: false });
  };

  /** What an expression whose value is read says: its branches, not its questions. */
  const said = (node) => {
    switch (node?.type) {
      case 'Literal':
        if (typeof node.value === 'string') add(node, node.value);
        return;
      case 'TemplateLiteral':
        add(node, node.quasis.map((part) => part.value.cooked).join('…'));
        return node.expressions.forEach(said);
      case 'ConditionalExpression':
        said(node.consequent);
        return said(node.alternate);
      case 'LogicalExpression':
        if (node.operator !== '&&') said(node.left);
        return said(node.right);
      case 'BinaryExpression':
        if (node.operator !== '+') return;
        said(node.left);
        return said(node.right);
      case 'ArrayExpression':
        return node.elements.forEach(said);
      case 'ArrowFunctionExpression':
        return said(node.body);
      case 'CallExpression': // list.map((one) => …)
        return node.arguments.forEach((one) => one.type === 'ArrowFunctionExpression' && said(one));
      case 'ParenthesizedExpression':
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'JSXExpressionContainer':
        return said(node.expression);
    }
  };

  const own = new Set(); // what its messages are called here
  let functions = 0; // how many are open
  const enter = () => void functions++;
  const leave = () => void functions--;

  let code = 0; // how many elements of CODE are open
  const open = (step) => (element) => {
    if (CODE.has(element.openingElement.name.name)) code += step;
  };
  const children = (element) => {
    if (code > 0) return;
    for (const child of element.children) {
      if (child.type === 'JSXExpressionContainer') said(child);
      else if (child.type === 'JSXText') add(child, child.value);
    }
  };
  new Visitor({
    ImportDeclaration: ({ source, specifiers }) => MESSAGES.test(source.value) && specifiers.forEach(({ local }) => own.add(local.name)),
    FunctionDeclaration: enter,
    'FunctionDeclaration:exit': leave,
    FunctionExpression: enter,
    'FunctionExpression:exit': leave,
    ArrowFunctionExpression: enter,
    'ArrowFunctionExpression:exit': leave,
    MemberExpression: (node) => {
      if (functions === 0 && own.has(node.object.name)) found.set(node.start, { text: text.slice(node.start, node.end), kept: true });
    },
    NewExpression: (node) => ERROR.test(node.callee.name) && node.arguments.forEach(said),
    JSXElement: (element) => {
      open(1)(element);
      children(element);
    },
    'JSXElement:exit': open(-1),
    JSXFragment: children,
    JSXAttribute: ({ name, value }) => isRead(name.name) && said(value),
    Property: ({ key, value }) => isRead(key.name ?? key.value) && said(value),
    Literal: (node) => typeof node.value === 'string' && SENTENCE.test(node.value) && add(node, node.value),
    TemplateElement: (node) => SENTENCE.test(node.value.cooked) && add(node, node.value.cooked),
  }).visit(program);
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([at, what]) => ({ line: text.slice(0, at).split('\n').length, ...what }));
}

/** Messages, packs of languages, what is made from the API's description, and tests: what is in them may be. */
const OTHERS = /(^|[/-])messages\.ts$|^app\/languages\/|\.gen\.ts$|\.test\.tsx?$/;

/** What is wrong with the files below ROOT, and with NOT_YET, the list of those that may be. */
export function wrongIn(root, notYet) {
  const listed = new Set(notYet);
  const wrong = [];
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.tsx?$/.test(file) || OTHERS.test(file)) continue;
    const found = literalsIn(file, readFileSync(`${root}/${file}`, 'utf8'));
    const complaint = ({ line, text, kept }) =>
      `${file}:${line}: ${kept ? `${text} is taken when the file is loaded: ask for it where it is drawn` : `"${text}" belongs into a messages.ts`}`;
    if (!listed.delete(file)) wrong.push(...found.map(complaint));
    else if (found.length === 0) wrong.push(`${file}: says nothing by itself any more: take it out of literals.txt`);
  }
  for (const file of listed) wrong.push(`${file}: is named in literals.txt, and is not there`);
  return wrong;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const frontend = process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url));
  const notYet = readFileSync(`${frontend}/scripts/literals.txt`, 'utf8').split('\n').filter(Boolean);
  const wrong = wrongIn(`${frontend}/src`, notYet);
  wrong.forEach((line) => console.error(line));
  process.exit(wrong.length > 0 ? 1 : 0);
}
