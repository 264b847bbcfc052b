import { usePreference } from '@/api/preferences';
import { Dialog } from '@/ui/Dialog';
import classes from './KeyList.module.css';
import { say } from './messages';
import { shortcuts } from './shortcuts';

/** Every key the portal listens to, and the switch that turns them off. */
export function KeyList({ onClose }: { onClose: () => void }) {
  const [singleKeys, setSingleKeys] = usePreference('keys');
  return (
    <Dialog title={say.keys} onClose={onClose}>
      <dl className={classes.list}>
        {shortcuts().map(({ keys, does }) => (
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
        <input type="checkbox" checked={singleKeys === 'on'} onChange={(event) => setSingleKeys(event.currentTarget.checked ? 'on' : 'off')} />
        {say.singleKeys}
      </label>
    </Dialog>
  );
}
