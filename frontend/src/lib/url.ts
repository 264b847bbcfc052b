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

/** "url:https://host/x" (a location ref) without its type. */
export function locationTarget(ref: string | undefined): string | undefined {
  if (!ref) return undefined;
  const colon = ref.indexOf(':');
  const type = ref.slice(0, colon);
  return type === 'url' || type === 'file' ? ref.slice(colon + 1).trim() : ref;
}
