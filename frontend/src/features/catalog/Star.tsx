import { useStarred } from '@/api/starred';
import type { Entity } from '@/api/types';
import { formatRef, refOf, type EntityRef } from '@/lib/ref';
import { Icon } from '@/ui/Icon';
import { say } from './messages';
import classes from './Star.module.css';

/** Who has a star, and what gives or takes one: asked once for a whole list. */
export interface Stars {
  has: (ref: string) => boolean;
  toggle: (ref: EntityRef) => void;
}

export function useStars(): Stars {
  const [starred, toggle] = useStarred();
  const refs = new Set(starred);
  return { has: (ref) => refs.has(ref), toggle };
}

/** Keeps ENTITY among those at hand, or no longer. */
export function Star({ entity, stars }: { entity: Entity; stars: Stars }) {
  const ref = refOf(entity);
  const isOn = stars.has(formatRef(ref));
  return (
    <button
      type="button"
      className={classes.star}
      aria-label={say.star(entity.metadata.name)}
      aria-pressed={isOn}
      title={isOn ? say.unstarHint : say.starHint}
      onClick={() => stars.toggle(ref)}
    >
      <Icon name="star" size={15} />
    </button>
  );
}
