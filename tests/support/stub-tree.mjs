// GET /api/graph/tree of the stub: groups with their people, or domains and systems with their parts.
const SHAPES = {
  groups: { kinds: ['Group'], up: 'childOf', owns: 'ownerOf' },
  systems: { kinds: ['Domain', 'System'], up: 'partOf', owns: 'hasPart' },
};
const LONE = { groups: ['Component', 'API', 'Resource', 'System', 'Domain', 'Template'], systems: ['Component', 'API', 'Resource'] };

const refOf = ({ kind, metadata }) => `${kind}:${metadata.namespace ?? 'default'}/${metadata.name}`.toLowerCase();
const related = (e, type) => (e.relations ?? []).filter((r) => r.type === type).map(({ targetRef }) => targetRef);
const kindsOf = (refs) => refs.reduce((all, ref) => ({ ...all, [ref.split(':')[0]]: (all[ref.split(':')[0]] ?? 0) + 1 }), {});

export function tree(entities, of) {
  const { kinds, up, owns } = SHAPES[of];
  const items = entities.filter(({ kind }) => kinds.includes(kind)).map((e) => {
    const things = of === 'systems' ? related(e, owns).filter((ref) => !/^(domain|system):/.test(ref)) : related(e, owns);
    const title = e.metadata.title ?? e.spec.profile?.displayName;
    const people = of === 'groups' ? { people: related(e, 'hasMember').length, peopleBelow: related(e, 'hasMember').length } : {};
    return { ref: refOf(e), kind: e.kind, title, type: e.spec.type, owner: related(e, 'ownedBy')[0], parents: related(e, up), missing: false, has: kindsOf(things), below: kindsOf(things), health: 'ok', healthBelow: 'ok', ...people };
  });
  const lone = entities.filter((e) => LONE[of].includes(e.kind) && related(e, of === 'groups' ? 'ownedBy' : 'partOf').length === 0);
  const people = entities.filter(({ kind }) => kind === 'User');
  const counted = of === 'groups' ? { people: people.length, peopleAlone: people.filter((e) => related(e, 'memberOf').length === 0).length } : {};
  return { items, totalItems: items.length, alone: kindsOf(lone.map(refOf)), omitted: { behind: 0 }, ...counted };
}
