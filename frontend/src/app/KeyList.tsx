import { Dialog } from '@/ui/Dialog';
import classes from './KeyList.module.css';
import { setShortcutsOn, SHORTCUTS, useShortcutsOn } from './shortcuts';

/** Every key the portal listens to, and the switch that turns them off. */
export function KeyList({ onClose }: { onClose: () => void }) {
  const on = useShortcutsOn();
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl className={classes.list}>
        {SHORTCUTS.map(({ keys, does }) => (
          <div key={keys} className={classes.row}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key} className={classes.key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className={classes.switch}>
        <input type="checkbox" checked={on} onChange={(event) => setShortcutsOn(event.currentTarget.checked)} />
        Single keys work (turn them off if speech or a tool presses them for you)
      </label>
    </Dialog>
  );
}
