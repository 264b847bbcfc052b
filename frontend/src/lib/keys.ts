// The names under which answers are kept, so that whoever changes something knows what to ask again.

export const keys = {
  session: ['session'] as const,
  setting: (bucket: string, key: string) => ['session', 'setting', bucket, key] as const,
  entities: ['entities'] as const,
  entity: (ref: string) => ['entity', ref] as const,
  ancestry: (ref: string) => ['ancestry', ref] as const,
  explain: ['explain'] as const,
  graph: (ref: string) => ['graph', ref] as const,
  panels: (ref: string) => ['panels', ref] as const,
  panel: (ref: string, href: string) => ['panels', ref, href] as const,
  plugins: ['plugins'] as const,
  map: ['map'] as const,
  tree: ['tree'] as const,
  search: ['search'] as const,
  history: (ref: string) => ['history', ref] as const,
  impact: (ref: string) => ['impact', ref] as const,
  problems: ['problems'] as const,
  sources: ['sources'] as const,
  tasks: ['tasks'] as const,
  tokens: ['tokens'] as const,
  about: ['about'] as const,
};
