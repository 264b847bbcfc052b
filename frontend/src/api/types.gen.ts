// Made by `npm run types` from server/http/openapi.yaml. Not edited by hand.

/** As npm's jsonschema tells it */
export type ValueError = {
  path: (string | number)[];
  property: string;
  message: string;
  schema: unknown;
  instance: unknown;
  name: string;
  argument?: unknown;
  stack: string;
};

export type TaskEvent = {
  id: number;
  isTaskRecoverable: boolean;
  taskId: string;
  body: unknown;
  type: "log" | "completion" | "cancelled" | "recovered";
  createdAt: string;
};

export type LeftBehind = {
  id: string;
  step: string;
  action: string;
  canUndo: boolean;
  output: unknown;
  madeAt: string;
  undoneAt: string | null;
  error?: string;
};

export type TaskDetail = {
  id: string;
  templateRef: string;
  createdBy: string;
  status: "open" | "processing" | "completed" | "failed" | "cancelled";
  cancelling: boolean;
  attempts: number;
  createdAt: string;
  startedAt: string | null;
  endedAt: string | null;
  steps: {
    id: string;
    name: string;
    action: string;
    status: "open" | "processing" | "completed" | "skipped" | "failed" | "cancelled";
    startedAt: string | null;
    endedAt: string | null;
    milliseconds?: number;
    output?: unknown;
  }[];
  leftBehind: LeftBehind[];
};

export type TemplateForm = {
  title: string;
  description?: string;
  presentation?: unknown;
  "ui:options"?: unknown;
  steps: {
    title: string;
    description?: string;
    schema: unknown;
  }[];
  formDecorators?: unknown;
  EXPERIMENTAL_formDecorators?: unknown;
};

export type TemplateAction = {
  id: string;
  description: string;
  examples?: unknown;
  schema: {
    input?: unknown;
    output?: unknown;
  };
};

export type Task = {
  id: string;
  /** Steps with their ids and names, output, parameters, user, templateInfo */
  spec: Record<string, unknown>;
  status: "open" | "processing" | "completed" | "failed" | "cancelled";
  createdAt: string;
  lastHeartbeatAt?: string;
  createdBy?: string;
};

/** Findings, each with its type and a sentence, and the facts behind them */
export type Explanation = {
  /** Of a question about an entity */
  ref?: string;
  /** Of a question about a file, without credentials */
  url?: string;
  exists?: boolean;
  /** That of the first finding */
  sentence: string;
  findings: {
    type: string;
    sentence: string;
    /** Since when it is served, or which one removed it */
    generation?: number;
    source?: string;
    /** Of source-failing and source-unread */
    sourceId?: string;
    /** Of did-you-mean */
    refs?: string[];
    rule?: string;
    severity?: "info" | "warning" | "error";
    path?: string;
    line?: number;
    field?: string;
    message?: string;
    remedy?: string;
  }[];
  /** Where each field comes from */
  fields?: {
    field: string;
    from: "file" | "derived" | "default";
    sentence?: string;
    path?: string;
    documentLine?: number;
  }[];
  /** Each with the entity that says it, its file and line */
  relations?: {
    type: string;
    targetRef: string;
    saidBy: string;
    path?: string;
    line?: number;
    missing?: boolean;
    sentence?: string;
  }[];
  /** All documents that claim the name, the holder first */
  claims?: {
    source: string;
    path?: string;
    line?: number;
    commit?: string;
    holds: boolean;
    /** It is broken now; this is its last good version */
    stale?: boolean;
    /** It is gone, and its deletion waits to be confirmed */
    held?: boolean;
    lostSince?: string;
  }[];
  problems: {
    rule: string;
    severity: "info" | "warning" | "error";
    source?: string;
    path?: string;
    line?: number;
    field?: string;
    message: string;
    remedy?: string;
  }[];
  /** What the file gave */
  entities?: {
    ref: string;
    line?: number;
    holds: boolean;
    held?: boolean;
    stale?: boolean;
  }[];
  history?: {
    versions: number;
    firstGeneration?: number;
    since?: ExplainedPass;
    removed?: ExplainedPass;
  };
  source?: {
    id: string;
    key: string;
    state: "new" | "reading" | "ok" | "failing";
    configured: boolean;
    lastRead?: string;
    lastTry?: string;
    commit?: string;
    error?: string;
  };
  /** Of the file in its source */
  path?: string;
  globMatches?: boolean;
  /** Whether the file was there when the source was last read */
  read?: boolean;
};

/** The pass that made a generation, in short */
export type ExplainedPass = {
  generation: number;
  at: string;
  commit?: string;
  author?: string;
  subject?: string;
};

export type PluginState = "loading" | "ready" | "refused" | "failing" | "broken" | "disabled";

export type PanelEntry = {
  plugin: string;
  panel: string;
  title: string;
  applies: boolean;
  /** What to write to have it, when it does not apply */
  help?: string;
  annotations: string[];
  state: PluginState;
  /** Why the plugin is not ready */
  message?: string;
  ttlSeconds: number;
  actions: {
    action: string;
    title: string;
    right: "reader" | "editor" | "admin";
    allowed: boolean;
  }[];
  href: string;
};

export type Panel = {
  plugin: string;
  panel: string;
  title: string;
  ref: string;
  state: "ok" | "absent" | "error";
  /** What plugins/abi/panel.schema.json describes */
  data: Record<string, unknown> | null;
  fetchedAt: string | null;
  ageSeconds: number | null;
  ttlSeconds: number;
  stale: boolean;
  staleReason: string | null;
  source: Record<string, unknown> | null;
  links: Record<string, unknown>[];
  /** What may be done now */
  actions: {
    action: string;
    title: string;
    /** The question to ask beforehand */
    confirm?: string;
    right: "reader" | "editor" | "admin";
    allowed: boolean;
    /** What the plugin filled in already */
    input: Record<string, unknown>;
    /** JSON schema of its input */
    schema: Record<string, unknown> | null;
    href: string;
  }[];
  simulated: boolean;
  help?: string;
  error: {
    name: string;
    message: string;
    code: "failed" | "invalid" | "not-found" | "denied" | "conflict" | "limit" | "timeout" | "upstream" | "cancelled" | "unsupported" | "crashed" | "hung" | "garbage" | "shape" | "busy" | "loading" | "failing" | "broken" | "refused" | "disabled" | "unknown" | "stopping";
    since?: string | null;
    nextTry?: string | null;
  } | null;
};

export type Plugin = {
  name: string;
  state: PluginState;
  /** Why it is not ready; of a ready one, why it could not be loaded anew */
  message?: string;
  since?: string | null;
  nextTry?: string | null;
  configured: boolean;
  file: string;
  version?: string;
  summary?: string;
  abi?: string;
  panels?: Record<string, unknown>[];
  panelActions?: Record<string, unknown>[];
  actions?: Record<string, unknown>[];
  sources?: Record<string, unknown>[];
  routes?: Record<string, unknown>[];
  pid?: number;
  startedAt?: string | null;
  residentBytes?: number;
  restarts: number;
  reloads: number;
  logLinesDropped?: number;
  calls: {
    total?: number;
    failed?: number;
    waiting?: number;
    running?: number;
    meanMs?: number;
    byCode?: Record<string, number>;
  };
  lastError?: {
    message?: string;
    at?: string | null;
  };
};

export type SearchPage = {
  /** Over all pages */
  numberOfResults: number;
  nextPageCursor?: string;
  previousPageCursor?: string;
  results: {
    type: string;
    document: {
      kind?: string;
      text: string;
      type?: string;
      owner?: string;
      title: string;
      location: string;
      lifecycle?: string;
      namespace?: string;
      componentType?: string;
    };
    /** 1 for the best */
    rank: number;
    highlight: {
      preTag: string;
      postTag: string;
      /** text, title, location and path with what was found between the tags; empty when there was no term */
      fields: Record<string, string>;
    };
  }[];
};

/** returned is added once more; as far as kept history tells */
export type HistoryChange = "added" | "changed" | "removed" | "returned";

/** The pass that made a generation */
export type HistoryPass = {
  generation: number;
  at: string;
  source: string;
  sourceId: string;
  commit?: string;
  author?: string;
  subject?: string;
  authoredAt?: string;
};

/** Where the document stands */
export type HistoryLocation = {
  source: string;
  path: string;
  line?: number;
};

export type HistoryPage = {
  nextCursor?: string;
};

export type HistorySide = {
  /** A generation; 0 is before the first */
  moment: number;
  exists: boolean;
  version?: HistoryPass & {
    location?: HistoryLocation;
  };
};

export type WebhookAnswer = {
  result: "nudged" | "nothing" | "ping" | "ignored" | "replay";
  /** As the forge calls it */
  event: string;
  repository?: string;
  branches?: string[];
  /** What is read now */
  sources: {
    id: string;
    url: string;
    branch?: string;
  }[];
  message?: string;
};

export type Fields = string[];

/** {key: value}, {$all: […]}, {$any: […]}, {$not: {…}}, {key: {$exists | $in | $hasPrefix | $contains: …}} */
export type Predicate = Record<string, unknown>;

/** With fields, only what they name, of metadata too */
export type Entity = {
  /** The worst that is known; only when fields has it */
  health?: "error" | "warning" | "orphan" | "problems" | "well";
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
  nodes: (GraphEntity & {
    hop: number;
    /** Relations of this node that are not among the edges */
    more: number;
  })[];
  edges: GraphEdge[];
  truncated: boolean;
  /** Neighbours that were not taken */
  leftOut: number;
  /** What was left out, by cause */
  omitted: {
    nodesOverLimit?: number;
    nodesOfOtherKinds?: number;
    edgesOverLimit?: number;
    /** Edges of nodes that were walked past to neighbours that were not taken */
    edgesToOmitted?: number;
    /** Edges of the last hop's nodes to entities that are not among the nodes */
    edgesBeyondDepth?: number;
  };
};

export type GraphEntity = {
  ref: string;
  kind: string;
  title?: string;
  type?: string;
  lifecycle?: string;
  /** Of several the first by ref */
  owner?: string;
  system?: string;
  /** Somebody names it, nobody has registered it */
  missing: boolean;
};

export type GraphEdge = {
  from: string;
  to: string;
  type: string;
};

export type GraphCount = {
  ref: string;
  entities: number;
};

export type Impact = {
  root: GraphEntity;
  direction: string;
  relations: string[];
  totalItems: number;
  hops: {
    hop: number;
    entities: number;
  }[];
  kinds: {
    kind: string;
    entities: number;
  }[];
  /** The most entities first; an entity with two owners counts for both */
  owners: GraphCount[];
  withoutOwner: number;
  systems: GraphCount[];
  withoutSystem: number;
  items: (GraphEntity & {
    hop: number;
    /** The one before it on a shortest way from the root */
    via: string;
    /** What this one is to via */
    relation: string;
  })[];
  omitted: {
    /** Items in front of the page */
    before: number;
    /** Items behind the page */
    behind: number;
    /** There is something behind the last hop that was asked for */
    furtherHops: boolean;
  };
};

export type Paths = {
  from: string;
  to: string;
  paths: {
    length: number;
    nodes: GraphEntity[];
    edges: GraphEdge[];
  }[];
  /** There may be more ways */
  truncated: boolean;
};

export type Cycles = {
  /** Rings, over all pages */
  totalItems: number;
  /** Members of all of them */
  entities: number;
  relations: string[];
  items: {
    /** Members, told or not */
    entities: number;
    /** By ref; 200 at most */
    members: GraphEntity[];
    /** A shortest way from the first member back to it; 200 steps of it at most */
    cycle: {
      length: number;
      nodes: string[];
      edges: GraphEdge[];
    };
    omitted: {
      members: number;
      steps: number;
    };
  }[];
  omitted: GraphOmittedItems;
};

export type Danglings = {
  /** Missing refs, over all pages */
  totalItems: number;
  /** How often they are named */
  references: number;
  items: {
    ref: string;
    kind: string;
    references: number;
    /** By ref, then by relation; 50 at most */
    namedBy: {
      ref: string;
      relation: string;
    }[];
    /** Registered entities with the same name or one that is nearly the same, the nearest first; 5 at most */
    didYouMean: string[];
    omitted: {
      namedBy: number;
    };
  }[];
  omitted: GraphOmittedItems;
};

export type Tree = {
  totalItems: number;
  /** Users there are; of groups alone */
  people?: number;
  /** Users that are in no group; of groups alone */
  peopleAlone?: number;
  /** What has no owner and should; or components, APIs and resources that are part of nothing */
  alone: TreeCounts;
  /** By ref */
  items: {
    ref: string;
    kind: string;
    title?: string;
    type?: string;
    lifecycle?: string;
    owner?: string;
    system?: string;
    /** Named and not registered */
    missing: boolean;
    /** Refs of the nodes right above it */
    parents: string[];
    /** Members; of groups alone */
    people?: number;
    /** Its members and those of groups below it, each once */
    peopleBelow?: number;
    has: TreeCounts;
    below: TreeCounts;
    /** The worst of what it has */
    health: MapHealth;
    /** The worst of what it has and what is below it */
    healthBelow: MapHealth;
  }[];
  omitted: {
    /** Nodes behind the limit */
    behind: number;
  };
};

/** Number by kind, in lower case */
export type TreeCounts = Record<string, number>;

export type Map = {
  level: "entity" | "system";
  /** How wide and how high the place of one entity is */
  tile: number;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Entities that are drawn as tiles, or would be */
  totalItems: number;
  /** A parent before what it holds */
  boxes: {
    /** Null is those that are in no system */
    ref: string | null;
    kind: string;
    title?: string;
    type?: string;
    lifecycle?: string;
    owner?: string;
    system?: string;
    /** Named and not registered */
    missing: boolean;
    health: MapHealth;
    /** Place in this list */
    parent: number | null;
    /** Of this box and of those in it */
    entities: number;
    x: number;
    y: number;
    width: number;
    height: number;
  }[];
  /** By box, kind, ref */
  entities: {
    ref: string;
    kind: string;
    title?: string;
    type?: string;
    lifecycle?: string;
    owner?: string;
    system?: string;
    missing: boolean;
    health: MapHealth;
    /** Place in boxes */
    box: number;
    x: number;
    y: number;
  }[];
  roads: {
    from: number;
    to: number;
    relations: number;
  }[];
  omitted: {
    entities: number;
  };
};

/** What the catalog itself knows to be wrong with it */
export type MapHealth = "ok" | "warning" | "error";

/** Items of other pages */
export type GraphOmittedItems = {
  before: number;
  behind: number;
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
  /** The file at its forge, the line in sight; not there where no forge is known */
  viewUrl?: string;
  rule: string;
  severity: "info" | "warning" | "error";
  field?: string;
  message: string;
  remedy?: string;
  entityRef?: string;
  firstSeen?: string | null;
  lastSeen?: string | null;
};

export type Location = {
  id: string;
  type: string;
  target: string;
  entityRef: string;
};

export type LocationRefused = Error & {
  preview?: LocationPreview;
};

/** What a location would bring, were it not for its mistakes */
export type LocationPreview = {
  /** That very location is registered */
  exists: boolean;
  location: {
    id: string;
    type: string;
    target: string;
    entityRef: string;
  };
  /** Those without a mistake */
  entities: Entity[];
  /** The first 50 */
  errors: {
    message: string;
    remedy?: string;
    /** The file: url:https://… or file:/…; not there when it is the location itself that is wrong */
    location?: string;
    /** The file within its repository */
    path?: string;
    line?: number;
    column?: number;
    field?: string;
    entityRef?: string;
    rule: string;
  }[];
  errorCount: number;
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
  /** False once it was taken out of the configuration, or no Location names it any more */
  configured: boolean;
  /** By the configuration; the Locations of all registered locations; by a Location that leads to another repository or branch */
  made?: "configured" | "registered" | "derived";
  /** Of a derived one, the Location entities that lead to it */
  locations?: {
    entity: string;
    /** Of the registered location that the entity stands for */
    locationId?: string;
  }[];
  /** Descriptors, as its last pass left them */
  fileCount: number;
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
  /** In a row */
  failures: number;
  /** The last reads that are remembered, at most 20 */
  recentTries?: number;
  /** How many of them failed */
  recentFailures?: number;
  /** How long the last read took, its transfer among it */
  tookMs?: number;
  /** What its last ten passes that changed something did in all */
  recentChanges?: {
    passes: number;
    added: number;
    changed: number;
    removed: number;
  };
  /** What the last of them did */
  lastChange?: {
    generation: number;
    added: number;
    changed: number;
    removed: number;
  };
  generation?: number;
  error?: string;
};

export type Mine = {
  user: {
    ref: string;
    /** The catalog has this user */
    known: boolean;
  };
  /** Those that the user is a member of */
  groups: {
    ref: string;
    title?: string;
  }[];
  totalItems: number;
  /** Of them, those that have problems */
  problemItems: number;
  kinds: {
    kind: string;
    totalItems: number;
    problemItems: number;
    items: {
      entity: Entity;
      /** Of its worst problem; not there when nothing is wrong with it */
      severity?: "info" | "warning" | "error";
      rules?: string[];
    }[];
  }[];
  /** In the order asked */
  refs: {
    ref: string;
    /** Null when there is none */
    entity: Entity | null;
    severity?: "info" | "warning" | "error";
    rules?: string[];
  }[];
};

export type Session = {
  user: {
    ref: string;
    displayName?: string;
  };
  roles: ("reader" | "editor" | "admin")[];
  guest: boolean;
  /** The caller, and the groups that the catalog says the caller is a member of */
  ownershipEntityRefs: string[];
  /** How many entities they own */
  ownedItems: number;
  /** The caller's settings by bucket and key, the small ones first, 128 kB in all; null when the database does not answer */
  settings: Record<string, Record<string, unknown>> | null;
  /** The caller has others beside `settings`: ask for them by bucket and key */
  settingsLeftOut: boolean;
};

export type FrontEndIdentity = {
  profile: {
    displayName?: string;
    email?: string;
    picture?: string;
  };
  backstageIdentity: {
    token: string;
    expiresInSeconds: number;
    identity: {
      type: "user";
      userEntityRef: string;
      ownershipEntityRefs: string[];
    };
  };
};

export type UserSetting = {
  bucket: string;
  key: string;
  value: unknown;
};

export type SavedViews = {
  items: SavedView[];
  /** There are more than these */
  leftOut: boolean;
};

export type SavedView = {
  id: string;
  /** The group whose view it is */
  owner: string;
  name: string;
  /** Of the catalog page's address */
  query: string;
  /** The User who made it so */
  changedBy: string;
  changedAt: string;
  /** The caller is a member of the group, or an administrator */
  mayChange: boolean;
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

/** The request is wrong, or its values do not keep to the template's form */
export type NotAsTheForm = Error | {
  errors: ValueError[];
};

/** There is nothing to show; error says why, since when, and when it is tried again */
export type PanelError = Panel | Error;

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
  message?: string;
  generation?: number;
  entities?: number;
  /** Why the catalog does not follow the database just now */
  trouble?: string;
};

/** GET /api/catalog/entities/by-name/{kind}/{namespace}/{name}/ancestry */
export type GetEntityAncestryByNameAnswer = {
  rootEntityRef: string;
  items: {
    entity: Entity;
    parentEntityRefs: string[];
  }[];
};

/** POST /api/catalog/entities/by-refs */
export type GetEntitiesByRefsAnswer = {
  items: (Entity | null)[];
};

/** GET /api/catalog/entities */
export type GetEntitiesAnswer = Entity[];

/** GET /api/catalog/locations */
export type GetLocationsAnswer = {
  data: Location;
}[];

/** POST /api/catalog/locations */
export type CreateLocationAnswer = {
  location: Location;
  entities: Entity[];
  exists?: boolean;
};

/** POST /api/catalog/locations/by-query */
export type GetLocationsByQueryAnswer = {
  items: Location[];
  totalItems: number;
  pageInfo: {
    nextCursor?: string;
  };
};

/** POST /api/catalog/analyze-location */
export type AnalyzeLocationAnswer = {
  existingEntityFiles: Record<string, unknown>[];
  generateEntities: Record<string, unknown>[];
};

/** GET /api/catalog/.well-known/backstage/permissions/metadata */
export type GetPermissionMetadataAnswer = {
  permissions: Record<string, unknown>[];
  rules: Record<string, unknown>[];
};

/** POST /api/catalog/.well-known/backstage/permissions/apply-conditions */
export type ApplyPermissionConditionsAnswer = {
  items: Record<string, unknown>[];
};

/** GET /api/catalog/openapi.json */
export type GetOpenApiAnswer = Record<string, unknown>;

/** GET /api/history/changes */
export type GetHistoryChangesAnswer = {
  items: (HistoryPass & {
    added: number;
    changed: number;
    removed: number;
    entities: {
      ref: string;
      change: HistoryChange;
    }[];
  })[];
  /** The newest there is; go on with after= it */
  generation: number;
  /** The oldest generation that is kept; 0 means all */
  oldest: number;
  pageInfo: HistoryPage;
};

/** GET /api/history/{kind}/{namespace}/{name} */
export type GetHistoryAnswer = {
  ref: string;
  items: (HistoryPass & {
    change: HistoryChange;
    location: HistoryLocation;
    /** Of a change, which fields are different */
    fields?: string[];
    fieldsLeftOut?: number;
  })[];
  pageInfo: HistoryPage;
};

/** GET /api/history/{kind}/{namespace}/{name}/diff */
export type GetHistoryDiffAnswer = {
  ref: string;
  from: HistorySide;
  to: HistorySide;
  /** A JSON Patch (RFC 6902), with the old values beside the new; carried out in order it makes one version into the other */
  changes: {
    op: "add" | "remove" | "replace";
    /** JSON Pointer */
    path: string;
    old?: unknown;
    value?: unknown;
  }[];
  /** A unified difference of the two as YAML */
  text: string;
};

/** GET /api/history/{kind}/{namespace}/{name}/{moment} */
export type GetHistoryVersionAnswer = HistoryPass & {
  ref: string;
  /** The generation that ended it; missing while it is served */
  until?: number;
  location: HistoryLocation;
  complete: string;
  entity: Entity;
};

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
  /** Sources that are due and wait for a reader of this callboard */
  queued?: number;
  /** Sources that this callboard reads now */
  reading?: number;
};

/** POST /api/permission/authorize */
export type AuthorizeAnswer = {
  items: {
    id: string;
    result: ("ALLOW" | "DENY") | (("ALLOW" | "DENY")[]);
  }[];
};

/** GET /api/notifications/notifications */
export type GetNotificationsAnswer = {
  totalCount: 0;
  notifications: unknown[];
};

/** GET /api/notifications/status */
export type GetNotificationStatusAnswer = {
  unread: 0;
  read: 0;
};

/** GET /api/notifications/topics */
export type GetNotificationTopicsAnswer = {
  topics: unknown[];
};

/** GET /api/notifications/settings */
export type GetNotificationSettingsAnswer = {
  channels: unknown[];
};

/** POST /api/user-settings/multiget */
export type GetUserSettingsAnswer = {
  items: {
    value: unknown;
  } | null[];
};

/** GET /api/tokens */
export type GetTokensAnswer = {
  items: Token[];
};

/** GET /api/about */
export type GetAboutAnswer = {
  version: string;
  /** Since the server began to listen */
  uptimeSeconds?: number;
  /** Of the catalog that is answered from */
  generation: number;
  entities: number;
  /** Why the catalog does not follow the database at the moment */
  trouble?: string;
};

/** GET /api/panels/{kind}/{namespace}/{name} */
export type GetPanelsAnswer = {
  ref: string;
  panels: PanelEntry[];
  /** Plugins that cannot serve now, and why */
  problems: {
    plugin: string;
    state: PluginState;
    message: string;
    since?: string | null;
    nextTry?: string | null;
  }[];
};

/** POST /api/panels/{kind}/{namespace}/{name}/{plugin}/{panel}/actions/{action} */
export type RunPanelActionAnswer = {
  action: string;
  result: string;
  message: string;
  url?: string;
};

/** GET /api/scaffolder/v2/actions */
export type ListActionsAnswer = TemplateAction[];

/** GET /api/scaffolder/v2/templating-extensions */
export type ListTemplatingExtensionsAnswer = Record<string, unknown>;

/** POST /api/scaffolder/v2/autocomplete/{provider}/{resource} */
export type AutocompleteAnswer = Record<string, unknown>;

/** GET /api/scaffolder/.well-known/backstage/permissions/metadata */
export type GetScaffolderPermissionMetadataAnswer = Record<string, unknown>;

/** GET /api/scaffolder/v2/tasks */
export type ListTasksAnswer = {
  tasks: Task[];
  totalTasks: number;
};

/** POST /api/scaffolder/v2/tasks */
export type ScaffoldAnswer = {
  id: string;
};

/** POST /api/scaffolder/v2/tasks/{id}/cancel */
export type CancelTaskAnswer = {
  status: Record<string, unknown>;
};

/** POST /api/scaffolder/v2/tasks/{id}/retry */
export type RetryAnswer = {
  id: string;
};

/** GET /api/scaffolder/v2/tasks/{id}/events */
export type StreamLogsPollingAnswer = TaskEvent[];

/** POST /api/scaffolder/v2/dry-run */
export type DryRunAnswer = {
  log: unknown[];
  directoryContents: unknown[];
  output: unknown;
  steps: unknown[];
  /** What each step changed in the files, as a diff */
  changes: unknown[];
};

/** POST /api/tasks/{id}/undo */
export type UndoTaskAnswer = {
  leftBehind: LeftBehind[];
};

/** GET /api/plugins */
export type GetPluginsAnswer = {
  items: Plugin[];
};

/** GET /api/plugins/{plugin}/{path} */
export type GetFromPluginAnswer = Record<string, unknown>;

/** POST /api/plugins/{plugin}/{path} */
export type PostToPluginAnswer = Record<string, unknown>;

/** PUT /api/plugins/{plugin}/{path} */
export type PutToPluginAnswer = Record<string, unknown>;

/** DELETE /api/plugins/{plugin}/{path} */
export type DeleteFromPluginAnswer = Record<string, unknown>;
