// The parts of what names a source: "git:https://git.example.com/acme/shop.git#main", "file:/srv/all.yaml".

export interface SourceParts {
  repository?: string;
  branch?: string;
  file?: string;
}

export function sourceParts(key: string | undefined): SourceParts {
  const [, type, rest] = /^([a-z]+):(.*)$/.exec(key ?? '') ?? [];
  if (type === 'file') return { file: rest };
  if (type !== 'git' || !rest) return {};
  const hash = rest.lastIndexOf('#');
  if (hash < 0) return { repository: rest };
  return { repository: rest.slice(0, hash), branch: rest.slice(hash + 1) || undefined };
}
