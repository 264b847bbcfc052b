// How an entity is, in a word, from what its panels say.
import type { Panel } from '@/api/types';
import type { Cell, PanelData, State, StatusData, TableData } from './data';

// The worst first.
const ORDER: State[] = ['error', 'warning', 'progress', 'unknown', 'ok', 'info'];

export function isState(value: unknown): value is State {
  return (ORDER as unknown[]).includes(value);
}

/** The worst of STATES; undefined of none. */
export function worst(states: Iterable<State | null | undefined>): State | undefined {
  let at = ORDER.length;
  for (const state of states) {
    const rank = isState(state) ? ORDER.indexOf(state) : ORDER.length;
    if (rank < at) at = rank;
  }
  return ORDER[at];
}

/** Every state that a panel of statuses or a table says; a history or a tree tells of what was, or of parts. */
export function statesOf(data: PanelData | null): State[] {
  if (!data) return [];
  if (data.type === 'group') return ((data.panels as PanelData[] | undefined) ?? []).flatMap(statesOf);
  if (data.type === 'status') return (data as unknown as StatusData).items.map(({ state }) => state).filter(isState);
  if (data.type !== 'table') return [];
  const { columns, rows } = data as unknown as TableData;
  return rows.flatMap((row) => columns.map(({ key, kind }) => cellState(row[key], kind ?? 'text')).filter(isState));
}

function cellState(cell: Cell, kind: string): unknown {
  if (typeof cell === 'object' && cell !== null) return cell.state;
  return kind === 'status' ? cell : undefined;
}

export interface Health {
  state: State | undefined;
  /** One sentence, a plugin's. */
  text: string | undefined;
  stale: boolean;
}

/** What PANELS, those of one plugin, say together: the worst state, and the sentence of the panel that said it. */
export function healthOf(panels: readonly Panel[]): Health {
  const parts = panels
    .filter((panel) => panel.state !== 'absent')
    .map((panel) => {
      const data = panel.data as PanelData | null;
      const state = panel.state === 'error' ? 'unknown' : worst(safely(data));
      return { state: state as State | undefined, text: panel.error?.message ?? data?.summary ?? undefined, stale: panel.stale };
    });
  const state = worst(parts.map((part) => part.state));
  const first = parts.find((part) => part.state === state) ?? parts[0];
  return { state, text: first?.text, stale: parts.some((part) => part.stale) };
}

// A table without rows may not take the header down with it.
function safely(data: PanelData | null): State[] {
  try {
    return statesOf(data);
  } catch {
    return ['unknown'];
  }
}
