// Which colour and sign a tile has, by what the reader wants to see.
import type { MapEntity } from '@/api/types';
import { parseRef, shortRef } from '@/lib/ref';
import { say } from './messages';

export const ASPECTS = ['owner', 'health', 'lifecycle', 'kind'] as const;
export type Aspect = (typeof ASPECTS)[number];

/** Colours that tell things apart, of the theme; whoever comes after the last one shares "other". */
export const HUES = 10;

export interface Paint {
  /** What the legend says, the most frequent first. */
  legend: { value: string; label: string; hue: string; count: number }[];
  hueOf: (entity: MapEntity) => string;
  valueOf: (entity: MapEntity) => string;
}

const FIXED: Record<string, Record<string, string>> = {
  health: { ok: 'good', warning: 'warn', error: 'bad' },
  lifecycle: { production: 'good', experimental: 'info', deprecated: 'warn' },
};

function valueOf(entity: MapEntity, aspect: Aspect): string {
  return (aspect === 'kind' ? entity.kind.toLowerCase() : entity[aspect]) ?? '';
}

function labelOf(value: string, aspect: Aspect): string {
  if (value === '') return { owner: say.noOwner, health: '', lifecycle: say.noLifecycle, kind: '' }[aspect];
  if (aspect === 'health') return say.health[value as MapEntity['health']];
  const ref = aspect === 'owner' ? parseRef(value) : undefined;
  return ref ? shortRef(ref, { kind: 'group' }) : value;
}

export function paintBy(entities: MapEntity[], aspect: Aspect): Paint {
  const counts = new Map<string, number>();
  for (const entity of entities) {
    const value = valueOf(entity, aspect);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const hues = new Map<string, string>();
  let next = 0;
  const legend = [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([value, count]) => {
      const fixed = FIXED[aspect]?.[value];
      const hue = fixed ?? (value === '' || next >= HUES ? 'other' : String(next++));
      hues.set(value, hue);
      return { value, label: labelOf(value, aspect), hue, count };
    });
  return {
    legend,
    hueOf: (entity) => hues.get(valueOf(entity, aspect)) ?? 'other',
    valueOf: (entity) => valueOf(entity, aspect),
  };
}
