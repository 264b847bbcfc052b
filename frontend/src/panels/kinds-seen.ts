// Which panels say how an entity is. That is known once one was seen: a chart or a diff need not be asked for again
// just to draw a header.
import type { Panel } from '@/api/types';

const STORED = 'callboard-panel-types';
const TELLING = new Set(['status', 'table', 'group', 'keyvalues']);

let seen: Record<string, string> | undefined;

function load(): Record<string, string> {
  if (seen) return seen;
  try {
    seen = JSON.parse(localStorage.getItem(STORED) ?? '{}') as Record<string, string>;
  } catch {
    seen = {};
  }
  return seen;
}

export function mayTellHealth({ plugin, panel }: { plugin: string; panel: string }): boolean {
  const type = load()[`${plugin}/${panel}`];
  return type === undefined || TELLING.has(type);
}

export function remember(panels: readonly Panel[]): void {
  const known = load();
  const news = panels.filter(({ plugin, panel, data }) => data && known[`${plugin}/${panel}`] !== data.type);
  if (news.length === 0) return;
  for (const { plugin, panel, data } of news) known[`${plugin}/${panel}`] = String(data!.type);
  try {
    localStorage.setItem(STORED, JSON.stringify(known));
  } catch {
    /* storage is off: it holds until the next load */
  }
}
