// The name by which one entity points at another: [kind:][namespace/]name.

export interface EntityRef {
  kind: string;
  namespace: string;
  name: string;
}

/** Splits TEXT as the catalog does: first ":" and first "/", what is missing comes from DEFAULTS. */
export function parseRef(
  text: string,
  defaults: { kind?: string; namespace?: string } = {},
): EntityRef | undefined {
  const slash = text.indexOf('/');
  let colon = text.indexOf(':');
  if (slash >= 0 && colon > slash) colon = -1;
  const kind = colon >= 0 ? text.slice(0, colon) : defaults.kind;
  const rest = text.slice(colon + 1);
  const cut = rest.indexOf('/');
  const namespace = cut >= 0 ? rest.slice(0, cut) : (defaults.namespace ?? 'default');
  const name = rest.slice(cut + 1);
  if (!kind || !namespace || !name) return undefined;
  return { kind, namespace, name };
}

/** The full, comparable form: all lower case. */
export function formatRef(ref: EntityRef): string {
  return `${ref.kind}:${ref.namespace}/${ref.name}`.toLowerCase();
}

/** The form a reader needs: only what differs from where he stands. */
export function shortRef(ref: EntityRef, context: { kind?: string; namespace?: string } = {}): string {
  const space = (context.namespace ?? 'default').toLowerCase();
  const prefix = context.kind && context.kind.toLowerCase() !== ref.kind.toLowerCase() ? `${ref.kind}:` : '';
  return ref.namespace.toLowerCase() === space
    ? `${prefix}${ref.name}`
    : `${prefix}${ref.namespace}/${ref.name}`;
}

export function refOf(entity: { kind: string; metadata: { name: string; namespace?: string } }): EntityRef {
  return {
    kind: entity.kind,
    namespace: entity.metadata.namespace ?? 'default',
    name: entity.metadata.name,
  };
}
