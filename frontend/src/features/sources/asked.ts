import { parseRef, type EntityRef } from '@/lib/ref';

/** What TEXT asks about: a file by its address, else an entity, a component when it has no kind. */
export function askedOf(text: string | undefined): EntityRef | { url: string } | undefined {
  const asked = text?.trim();
  if (!asked) return undefined;
  if (/:\/\/|^\/|#|^(url|file):/.test(asked)) return { url: asked };
  return parseRef(asked, { kind: 'component' }) ?? { url: asked };
}
