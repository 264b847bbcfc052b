// Addresses that came from a descriptor: a stranger wrote them.

const ALLOWED = new Set(['http:', 'https:', 'mailto:']);

/** The address when a browser may follow it, else undefined (javascript:, data:, relative, broken). */
export function safeUrl(text: string | undefined): string | undefined {
  if (!text) return undefined;
  try {
    const url = new URL(text);
    return ALLOWED.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** As safeUrl, and a path of callboard's own is one too: what a plugin may link to. */
export function safeLink(text: string | null | undefined): string | undefined {
  if (!text) return undefined;
  return /^\/(?![/\\])/.test(text) ? text : safeUrl(text);
}

/** "url:https://host/x" (a location ref) without its type. */
export function locationTarget(ref: string | undefined): string | undefined {
  if (!ref) return undefined;
  const colon = ref.indexOf(':');
  const type = ref.slice(0, colon);
  return type === 'url' || type === 'file' ? ref.slice(colon + 1).trim() : ref;
}

/** "/srv/git/x#main:a/b.yaml", a place in a repository that no browser opens: its parts. */
export function repositoryPlace(target: string): { repository: string; branch?: string; path?: string } {
  const found = /^(.*)#([^#:]*):(.*)$/.exec(target);
  if (!found) return { repository: target };
  return { repository: found[1]!, branch: found[2] || undefined, path: found[3] || undefined };
}
