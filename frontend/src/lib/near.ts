// How alike two names are, to offer what was perhaps meant.

/** Edits (insert, delete, replace, swap of neighbours) from A to B. */
export function distance(a: string, b: string): number {
  const rows = a.length + 1;
  const cols = b.length + 1;
  const d: number[][] = Array.from({ length: rows }, (_, i) => [i, ...Array<number>(cols - 1).fill(0)]);
  for (let j = 0; j < cols; j++) d[0]![j] = j;
  for (let i = 1; i < rows; i++) {
    for (let j = 1; j < cols; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(d[i - 1]![j]! + 1, d[i]![j - 1]! + 1, d[i - 1]![j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, d[i - 2]![j - 2]! + 1);
      }
      d[i]![j] = best;
    }
  }
  return d[rows - 1]![cols - 1]!;
}

/** What to look for when NAME is not there: its longest word, and its beginning. */
export function nearTerms(name: string): string[] {
  const lower = name.toLowerCase();
  const parts = lower.split(/[^a-z0-9]+/).filter((part) => part.length >= 3);
  const longest = [...parts].sort((a, b) => b.length - a.length).slice(0, 2);
  const start = lower.slice(0, 4);
  return [...new Set([...longest, ...(start.length >= 3 ? [start] : [])])];
}

/** The LIMIT items whose name is nearest to NAME, nearest first. */
export function nearest<T>(name: string, items: T[], nameOf: (item: T) => string, limit: number): T[] {
  const lower = name.toLowerCase();
  return items
    .map((item) => ({ item, d: distance(lower, nameOf(item).toLowerCase()) }))
    .filter(({ d }) => d <= Math.max(4, lower.length / 1.5))
    .sort((a, b) => a.d - b.d || nameOf(a.item).localeCompare(nameOf(b.item)))
    .slice(0, limit)
    .map(({ item }) => item);
}

/** Do both say the same, but for case, accents and what stands between the words: "Auth Service", "auth-service"? */
export function sayTheSame(a: string, b: string): boolean {
  const plain = (text: string) => text.normalize('NFD').toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
  return plain(a) === plain(b);
}
