// Made by `npm run types` from server/http/openapi.yaml. Not edited by hand.

export type Fields = string[];

/** {key: value}, {$all: […]}, {$any: […]}, {$not: {…}}, {key: {$exists | $in | $hasPrefix | $contains: …}} */
export type Predicate = Record<string, unknown>;

export type Entity = {
  apiVersion?: string;
  kind?: string;
  metadata: {
    uid?: string;
    etag?: string;
    name?: string;
    namespace?: string;
    title?: string;
    description?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    tags?: string[];
    links?: Record<string, unknown>[];
  };
  spec?: Record<string, unknown>;
  relations?: {
    type: string;
    targetRef: string;
  }[];
  status?: Record<string, unknown>;
};

export type Neighbourhood = {
  root: string;
  nodes: {
    ref: string;
    kind: string;
    title?: string;
    /** Somebody names it, nobody has registered it */
    missing: boolean;
    hop: number;
  }[];
  edges: {
    from: string;
    to: string;
    type: string;
  }[];
  truncated: boolean;
  /** Neighbours that were not taken */
  leftOut: number;
};

export type Problem = {
  id: string;
  source: string;
  sourceId: string;
  repository?: string;
  commit?: string;
  path?: string;
  line?: number;
  column?: number;
  rule: string;
  severity: "info" | "warning" | "error";
  field?: string;
  message: string;
  remedy?: string;
  entityRef?: string;
  firstSeen?: string | null;
  lastSeen?: string | null;
};

export type Source = {
  id: string;
  name: string;
  type: string;
  /** Without credentials */
  url: string;
  branch?: string;
  paths: string[];
  state: "new" | "reading" | "ok" | "failing";
  /** False once it was taken out of the configuration */
  configured: boolean;
  entityCount: number;
  problemCount: number;
  heldDeletions: number;
  lastCommit?: {
    id?: string;
    author?: string;
    subject?: string;
    at?: string;
  };
  lastRead?: string;
  lastTry?: string;
  nextDue?: string;
  failures: number;
  generation?: number;
  error?: string;
};

export type Session = {
  user: {
    ref: string;
    displayName?: string;
  };
  roles: ("reader" | "editor" | "admin")[];
  guest: boolean;
};

export type Token = {
  id: string;
  name: string;
  user: string;
  role: string;
  prefix: string;
  createdAt?: string | null;
  expiresAt?: string | null;
  usedAt?: string | null;
  revokedAt?: string | null;
  /** Its text, once */
  token?: string;
};

export type Error = {
  error: {
    name: string;
    message: string;
  };
  request: {
    method: string;
    /** Without /api/catalog where it begins so */
    url: string;
  };
  response: {
    statusCode: number;
  };
};

/** A page */
export type EntityPage = {
  items: Entity[];
  totalItems: number;
  pageInfo: {
    nextCursor?: string;
    prevCursor?: string;
  };
};

/** Values by facet, in the order of bytes */
export type Facets = {
  facets: Record<string, {
    value: string;
    count: number;
  }[]>;
};

/** Noted; it is done soon */
export type Accepted = {
  id: string;
};

/** How it is */
export type Status = {
  status: string;
};

/** POST /api/catalog/entities/by-refs */
export type GetEntitiesByRefsAnswer = {
  items: (Entity | null)[];
};

/** GET /api/catalog/entities */
export type GetEntitiesAnswer = Entity[];

/** GET /api/catalog/openapi.json */
export type GetOpenApiAnswer = Record<string, unknown>;

/** GET /api/problems */
export type GetProblemsAnswer = {
  items: Problem[];
  totalItems: number;
  pageInfo: {
    nextCursor?: string;
  };
};

/** GET /api/sources */
export type GetSourcesAnswer = {
  items: Source[];
};

/** GET /api/tokens */
export type GetTokensAnswer = {
  items: Token[];
};
