import { ActionIcon } from '@mantine/core';
import { useStarred } from '@/api/starred';
import { formatRef, type EntityRef } from '@/lib/ref';
import { Icon } from '@/ui/Icon';
import { say } from './messages';
import classes from './StarButton.module.css';

/** Keeps the entity among those at hand on the home page, or no longer. */
export function StarButton({ entityRef }: { entityRef: EntityRef }) {
  const [starred, toggle] = useStarred();
  const isOn = starred.includes(formatRef(entityRef));
  return (
    <ActionIcon
      variant="default"
      size={30}
      className={classes.star}
      aria-label={say.star}
      aria-pressed={isOn}
      title={isOn ? say.unstarHint : say.starHint}
      onClick={() => toggle(entityRef)}
    >
      <Icon name="star" size={16} />
    </ActionIcon>
  );
}
