// What a panel answers, as plugins/abi/panel.schema.json has it. The server holds plugins to it; a member that may be
// missing may be null as well. Every text, and every address, is a stranger's.

export type State = 'ok' | 'progress' | 'warning' | 'error' | 'unknown' | 'info';
export type Maybe<T> = T | null | undefined;
export type Single = string | number | boolean | null | undefined;

export interface StatusData {
  items: { label: string; state: Maybe<State>; text?: Maybe<string>; detail?: Maybe<string>; since?: Maybe<string>; url?: Maybe<string> }[];
}

export type CellKind = 'text' | 'status' | 'time' | 'duration' | 'number' | 'bytes' | 'code' | 'link' | 'entity';
export type Cell = Single | { text?: Single; url?: Maybe<string>; state?: Maybe<State>; title?: Maybe<string> };

export interface TableData {
  columns: { key: string; title: string; kind?: Maybe<CellKind>; unit?: Maybe<string> }[];
  rows: Record<string, Cell>[];
  truncated?: Single;
}

export interface OneSeries {
  name?: Maybe<string>;
  unit?: Maybe<string>;
  labels?: Maybe<Record<string, unknown>>;
  /** Seconds since 1970, and the value then. */
  points: [number, number | null][];
}

export interface SeriesData {
  from?: Maybe<number>;
  to?: Maybe<number>;
  series: OneSeries[];
}

export interface TimelineData {
  events: { at: string; until?: Maybe<string>; title: string; text?: Maybe<string>; state?: Maybe<State>; actor?: Maybe<string>; url?: Maybe<string> }[];
}

export interface TreeNode {
  id: string;
  parent?: Maybe<string>;
  title: string;
  kind?: Maybe<string>;
  state?: Maybe<State>;
  text?: Maybe<string>;
  url?: Maybe<string>;
}

export interface DiffFile {
  title: string;
  before?: Maybe<string>;
  after?: Maybe<string>;
}

export interface PanelLinkItem {
  title: string;
  url: string;
  text?: Maybe<string>;
}

export interface KeyValue {
  key: string;
  value?: Single;
  url?: Maybe<string>;
  state?: Maybe<State>;
}

export interface PanelData {
  type: string;
  title?: Maybe<string>;
  summary?: Maybe<string>;
  links?: Maybe<{ title: string; url: string }[]>;
  partial?: Maybe<{ source: string; message: string }[]>;
  source?: Maybe<PanelSource>;
  [member: string]: unknown;
}

export interface PanelSource {
  name?: Maybe<string>;
  url?: Maybe<string>;
  simulated?: Maybe<boolean>;
}
