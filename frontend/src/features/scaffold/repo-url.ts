// "host?owner=o&repo=r", as Backstage's templates pass a repository on.

export interface RepoParts {
  host: string;
  owner?: string;
  organization?: string;
  workspace?: string;
  project?: string;
  repo?: string;
}

const KEYS = ['owner', 'organization', 'workspace', 'project', 'repo'] as const;
export type RepoKey = (typeof KEYS)[number];

/** What a repository's address is made of, by where it is. */
export function partsOf(host: string): RepoKey[] {
  if (/(^|\.)dev\.azure\.com$|\.visualstudio\.com$/.test(host)) return ['organization', 'project', 'repo'];
  if (host === 'bitbucket.org') return ['workspace', 'project', 'repo'];
  if (/bitbucket/.test(host)) return ['project', 'repo'];
  return ['owner', 'repo'];
}

export function parseRepoUrl(text: string): RepoParts {
  const [host = '', query = ''] = text.split('?', 2);
  const search = new URLSearchParams(query);
  const out: RepoParts = { host };
  for (const key of KEYS) {
    const value = search.get(key);
    if (value) out[key] = value;
  }
  return out;
}

export function repoUrl(parts: RepoParts): string | undefined {
  if (!parts.host) return undefined;
  const search = new URLSearchParams();
  for (const key of KEYS) if (parts[key]) search.set(key, parts[key]);
  const query = search.toString();
  return query ? `${parts.host}?${query}` : parts.host;
}
