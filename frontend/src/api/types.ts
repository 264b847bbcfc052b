// The shapes of the API's answers that the portal reads.

export interface Entity {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    etag?: string;
    title?: string;
    description?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    tags?: string[];
    links?: EntityLink[];
    [key: string]: unknown;
  };
  spec?: Record<string, unknown>;
  relations?: Relation[];
  status?: { items?: StatusItem[] };
}

export interface EntityLink {
  url: string;
  title?: string;
  icon?: string;
  type?: string;
}

export interface Relation {
  type: string;
  targetRef: string;
}

export interface StatusItem {
  type: string;
  level: 'info' | 'warning' | 'error';
  message: string;
}

export interface EntityPage {
  items: Entity[];
  totalItems: number;
  pageInfo: { nextCursor?: string; prevCursor?: string };
}

export interface Facets {
  facets: Record<string, { value: string; count: number }[]>;
}

export interface GraphNode {
  ref: string;
  kind: string;
  title?: string;
  missing: boolean;
}

export interface GraphEdge {
  from: string;
  to: string;
  type: string;
}

export interface Neighbourhood {
  root: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
  truncated: boolean;
  leftOut: number;
}

export interface Problem {
  id: string;
  source: string;
  sourceId?: string;
  field?: string;
  repository?: string;
  commit?: string;
  path?: string;
  line?: number;
  column?: number;
  rule: string;
  severity: 'error' | 'warning' | 'info';
  message: string;
  remedy?: string;
  entityRef?: string;
  firstSeen?: string;
}

export interface ProblemPage {
  items: Problem[];
  totalItems: number;
  pageInfo: { nextCursor?: string };
}

export interface Source {
  id: string;
  name: string;
  type: string;
  url: string;
  branch?: string;
  paths?: string[];
  state: string;
  entityCount: number;
  problemCount: number;
  lastCommit?: { id: string; author?: string; at?: string; subject?: string };
  lastRead?: string;
  lastTry?: string;
  failures?: number;
  configured?: boolean;
  nextDue?: string;
  error?: string;
  heldDeletions?: number;
}

export interface Session {
  user: { ref: string; displayName?: string };
  roles: string[];
  guest: boolean;
}
