import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useShortcutList } from '@/api/shortcuts';
import { Icon } from '@/ui/Icon';
import { PlainButton } from '@/ui/PlainButton';
import { PlaceLink } from './PlaceLink';
import { say } from './messages';
import classes from './Shortcuts.module.css';

const ShortcutEditor = lazy(() => import('./ShortcutEditor').then((m) => ({ default: m.ShortcutEditor })));

/** Where people go first, and where this person goes. OWN are the refs whose things are the person's own. */
export function Shortcuts({ own }: { own?: string[] }) {
  const [list] = useShortcutList();
  const [isOpen, setOpen] = useState(false);
  return (
    <section aria-label={say.shortcuts}>
      <ul className={classes.bar}>
        <li>
          <Link to="/create" className={classes.place}>
            <Icon name="template" /> {say.create}
          </Link>
        </li>
        <li>
          <Link to="/register" search={{}} className={classes.place}>
            <Icon name="location" /> {say.register}
          </Link>
        </li>
        <li>
          <Link to="/catalog" search={own ? { owner: own } : {}} className={classes.place}>
            <Icon name="component" /> {own ? say.mine : say.toCatalog}
          </Link>
        </li>
        {list.map((one) => (
          <li key={one.to}>
            <PlaceLink place={one} className={classes.place} />
          </li>
        ))}
        <li>
          <PlainButton aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? say.editDone : say.edit}
          </PlainButton>
        </li>
      </ul>
      {isOpen && (
        <Suspense>
          <ShortcutEditor />
        </Suspense>
      )}
    </section>
  );
}
