import { useId, useState, type FormEvent } from 'react';
import { moved, placeOf, SHORTCUT_TITLE_MAX, SHORTCUTS_MAX, useShortcutList } from '@/api/shortcuts';
import { Icon } from '@/ui/Icon';
import { PlainButton } from '@/ui/PlainButton';
import { say } from './messages';
import classes from './Shortcuts.module.css';

/** Adds, removes and orders a person's own shortcuts. */
export function ShortcutEditor() {
  const [list, set] = useShortcutList();
  const [wrong, setWrong] = useState<string>();
  const [told, setTold] = useState('');
  const id = useId();
  const isFull = list.length >= SHORTCUTS_MAX;

  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const data = new FormData(form);
    const to = placeOf(String(data.get('address') ?? ''));
    const bad = !to ? say.addressWrong : list.some((one) => one.to === to) ? say.addressTwice : undefined;
    setWrong(bad);
    if (!to || bad) {
      form.querySelector<HTMLInputElement>('[name=address]')?.focus();
      return;
    }
    const title = String(data.get('title') ?? '').trim() || to;
    set([...list, { title, to }]);
    setTold(say.added(title));
    form.reset();
  };
  const move = (i: number, steps: number) => {
    set(moved(list, i, steps));
    setTold(say.movedTo(list[i]!.title, i + steps + 1));
  };
  const remove = (i: number) => {
    set(list.filter((_, k) => k !== i));
    setTold(say.removed(list[i]!.title));
  };

  return (
    <div className={`cb-card ${classes.editor}`}>
      {list.length > 0 && (
        <ol className={classes.own} aria-label={say.editList}>
          {list.map(({ title, to }, i) => (
            <li key={to} className={classes.row}>
              <span className={classes.name}>
                <span className="cb-line">{title}</span>
                <span className="cb-line cb-quiet">{to}</span>
              </span>
              <PlainButton aria-label={say.up(title)} title={say.up(title)} disabled={i === 0} onClick={() => move(i, -1)}>
                <Icon name="up" />
              </PlainButton>
              <PlainButton aria-label={say.down(title)} title={say.down(title)} disabled={i === list.length - 1} onClick={() => move(i, 1)}>
                <Icon name="down" />
              </PlainButton>
              <PlainButton aria-label={say.remove(title)} title={say.remove(title)} onClick={() => remove(i)}>
                <Icon name="close" />
              </PlainButton>
            </li>
          ))}
        </ol>
      )}
      {isFull ? (
        <p>{say.full(SHORTCUTS_MAX)}</p>
      ) : (
        <form className={classes.add} onSubmit={add} noValidate>
          <label>
            {say.title}
            <input name="title" maxLength={SHORTCUT_TITLE_MAX} autoComplete="off" />
          </label>
          <label>
            {say.address}
            <input
              name="address"
              maxLength={2000}
              autoComplete="off"
              spellCheck={false}
              placeholder={say.addressHint}
              aria-invalid={wrong !== undefined}
              aria-describedby={wrong ? id : undefined}
            />
          </label>
          <PlainButton type="submit">{say.add}</PlainButton>
          {wrong && (
            <p id={id} className={classes.wrong}>
              {wrong}
            </p>
          )}
        </form>
      )}
      <p className="cb-quiet">{say.editHint}</p>
      <p role="status" className="cb-hidden">
        {told}
      </p>
    </div>
  );
}
