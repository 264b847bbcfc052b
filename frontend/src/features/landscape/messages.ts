// What the map of the catalog says by itself.
import { messages, number } from '@/lib/language';

const entities = (n: number) => (n === 1 ? '1 entity' : `${number.format(n)} entities`);

export const say = messages('landscape', {
  title: 'Landscape',
  count: (n: number, systems: number) => `${entities(n)} in ${systems === 1 ? '1 system' : `${number.format(systems)} systems`}`,
  whole: 'All of the map',
  coloursBy: 'Colours by',
  by: { owner: 'By owner', health: 'By health', lifecycle: 'By lifecycle', kind: 'By kind' },
  aspect: { owner: 'Owner', health: 'Health', lifecycle: 'Lifecycle', kind: 'Kind' },
  asMap: 'As a map',
  asList: 'As a list',
  loading: 'Loading the map',
  none: 'There is nothing to draw',
  noneHint: 'Components, APIs and resources stand here as soon as there are some.',
  tooMany: (n: number) =>
    `${number.format(n)} entities are too many for one sheet: the systems alone are drawn. Open one of them, or a domain, to see what is in it.`,
  legend: 'Legend',
  more: (n: number) => `and ${number.format(n)} more`,
  shapes: 'Square: component. Circle: API. Diamond: resource. “!” has errors, “?” warnings.',
  noOwner: 'no owner',
  noLifecycle: 'none said',
  health: { ok: 'ok', warning: 'warnings', error: 'errors' },

  selected: 'Selected',
  missing: 'not registered',
  owner: 'owned by',
  inside: (n: number) => `${entities(n)} inside`,
  roads: (out: number, back: number) => `${number.format(out)} relations out, ${number.format(back)} in`,
  enter: 'Only this',

  map: 'Map of the catalog. Arrows move it, plus and minus zoom; the list says the same in words.',
  nearer: 'Zoom in',
  further: 'Zoom out',
  all: 'Show all',
  noSystem: 'In no system',
  box: (name: string, n: number) => `${name}, ${number.format(n)} inside`,
  boxMissing: (name: string, n: number) => `${name}, ${number.format(n)} inside; nobody has registered it`,
  ownedBy: (owner: string) => `owned by ${owner}`,
  has: { warning: 'has warnings', error: 'has errors' },
});
