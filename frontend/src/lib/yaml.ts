// A JSON value as YAML to read and to copy. Only what a descriptor needs: no anchors, no tags.

const PLAIN = /^(?:[A-Za-z_/$(]|\.{1,2}\/)[\w ./@:+$(){}=,;%*?!<>~^'"-]*$/;
const RESERVED = /^(true|false|null|yes|no|on|off|y|n|~)$/i;

export function toYaml(value: unknown): string {
  return block(value, 0).replace(/^\n/, '') + '\n';
}

function block(value: unknown, depth: number): string {
  const pad = '  '.repeat(depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return value
      .map((item) => {
        const inner = block(item, depth + 1);
        const own = inner.startsWith('\n') ? inner.slice(1 + pad.length + 2) : inner;
        return `\n${pad}- ${own}`;
      })
      .join('');
  }
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined);
    if (entries.length === 0) return '{}';
    return entries
      .map(([key, v]) => {
        const inner = block(v, depth + 1);
        return `\n${pad}${scalar(key, depth, true)}:${inner.startsWith('\n') ? '' : ' '}${inner}`;
      })
      .join('');
  }
  return typeof value === 'string' ? scalar(value, depth, false) : String(value);
}

function scalar(text: string, depth: number, key: boolean): string {
  if (!key && text.includes('\n') && isLiteral(text)) {
    const pad = '  '.repeat(depth);
    const chomp = text.endsWith('\n') ? (text.endsWith('\n\n') ? '+' : '') : '-';
    const body = text.replace(/\n$/, '').split('\n');
    return `|${chomp}\n${body.map((line) => (line ? pad + line : '')).join('\n')}`;
  }
  const plain =
    PLAIN.test(text) && !RESERVED.test(text) && !/: |:$| #|\s$/.test(text) && !(key && text.includes(': '));
  return plain ? text : JSON.stringify(text);
}

// A block literal keeps the text as it is only when no line could be misread.
function isLiteral(text: string): boolean {
  return !/[^\n\t\x20-\x7e\u00a0-\ud7ff\ue000-\ufffd]/.test(text) && !/^[\s]/.test(text) && !/\t/.test(text) && text.trim() !== '';
}
