// What is different between two texts, line by line.

export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
  /** Numbers from 1; a removed line has none after, an added one none before. */
  before?: number;
  after?: number;
}

/** Edits looked for at most: two texts that differ in more are not worth reading side by side. */
const EDITS_MAX = 600;

/** Texts longer than this, in lines, are not compared. */
export const DIFF_LINES_MAX = 20_000;

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** The shortest way from BEFORE to AFTER (Myers); undefined when the texts are too long or too different. */
export function diffLines(before: string, after: string): DiffLine[] | undefined {
  const a = linesOf(before);
  const b = linesOf(after);
  if (a.length > DIFF_LINES_MAX || b.length > DIFF_LINES_MAX) return undefined;
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const steps = path(a.slice(head, a.length - tail), b.slice(head, b.length - tail));
  if (!steps) return undefined;

  const out: DiffLine[] = [];
  let i = 0;
  let j = 0;
  const put = (kind: DiffLine['kind']) => {
    if (kind === 'added') out.push({ kind, text: b[j]!, after: ++j });
    else if (kind === 'removed') out.push({ kind, text: a[i]!, before: ++i });
    else out.push({ kind, text: a[i]!, before: ++i, after: ++j });
  };
  for (let n = 0; n < head; n++) put('same');
  steps.forEach(put);
  for (let n = 0; n < tail; n++) put('same');
  return out;
}

function path(a: string[], b: string[]): DiffLine['kind'][] | undefined {
  const most = Math.min(a.length + b.length, EDITS_MAX);
  const reach = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(new Map([...reach].filter(([k]) => Math.abs(k) <= d + 1)));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) x++, y++;
      reach.set(k, x);
      if (x >= a.length && y >= b.length) return back(trace, a.length, b.length);
    }
  }
  return undefined;
}

// From the end: each step's edit, and the equal lines that followed it.
function back(trace: Map<number, number>[], x: number, y: number): DiffLine['kind'][] {
  const out: DiffLine['kind'][] = [];
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d]!;
    const k = x - y;
    const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const fromX = reach.get(down ? k + 1 : k - 1) ?? 0;
    const fromY = fromX - (down ? k + 1 : k - 1);
    for (; x > fromX && y > fromY; x--, y--) out.push('same');
    if (d > 0) out.push(down ? 'added' : 'removed');
    x = fromX;
    y = fromY;
  }
  return out.reverse();
}

export interface Hunk {
  /** Of a gap nothing is known but that it is there. */
  kind: 'same' | 'changed' | 'gap';
  lines: DiffLine[];
}

/** Runs of changed lines with CONTEXT lines around each; what lies between is a run of its own, to be folded. */
export function hunksOf(lines: readonly DiffLine[], context = 3): Hunk[] {
  const near = new Uint8Array(lines.length);
  lines.forEach(({ kind }, i) => {
    if (kind === 'same') return;
    for (let j = Math.max(0, i - context); j <= Math.min(lines.length - 1, i + context); j++) near[j] = 1;
  });
  const out: Hunk[] = [];
  lines.forEach((line, i) => {
    const kind = near[i] ? 'changed' : 'same';
    const last = out.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else out.push({ kind, lines: [line] });
  });
  return out;
}

/** The changed parts of a unified difference, with gaps between them. */
export function parseUnified(text: string): Hunk[] {
  const out: Hunk[] = [];
  let lines: DiffLine[] | undefined;
  let before = 0;
  let after = 0;
  for (const line of text.split('\n')) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (head) {
      before = Number(head[1]);
      after = Number(head[2]);
      if (before > 1 || after > 1) out.push({ kind: 'gap', lines: [] });
      out.push({ kind: 'changed', lines: (lines = []) });
    } else if (lines) {
      const rest = line.slice(1);
      if (line.startsWith('+')) lines.push({ kind: 'added', text: rest, after: after++ });
      else if (line.startsWith('-')) lines.push({ kind: 'removed', text: rest, before: before++ });
      else if (line.startsWith(' ')) lines.push({ kind: 'same', text: rest, before: before++, after: after++ });
    }
  }
  return out;
}
