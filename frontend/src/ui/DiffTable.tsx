import { useRef, useState } from 'react';
import type { DiffLine, Hunk } from '@/lib/diff';
import classes from './DiffView.module.css';
import { PlainButton } from './PlainButton';
import { say } from './messages';

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

/** Lines that changed: by sign and word as well as by colour, one change after the other with the keyboard. */
export function DiffTable({ hunks, label }: { hunks: readonly Hunk[]; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(-1);
  const lines = hunks.flatMap((hunk) => hunk.lines);
  const added = lines.filter(({ kind }) => kind === 'added').length;
  const removed = lines.filter(({ kind }) => kind === 'removed').length;

  const changes = hunks.filter(({ kind }) => kind === 'changed').length;
  const go = (step: number) => {
    const next = Math.min(Math.max(at + step, 0), changes - 1);
    setAt(next);
    const rows = box.current?.querySelectorAll<HTMLElement>('[data-change]');
    rows?.[next]?.focus();
  };

  return (
    <div className={classes.root}>
      <div className={classes.bar}>
        <span className="cb-quiet">{say.counts(added, removed)}</span>
        {changes > 1 && (
          <span className={classes.buttons}>
            <PlainButton disabled={at <= 0} onClick={() => go(-1)}>
              {say.previousChange}
            </PlainButton>
            <PlainButton disabled={at >= changes - 1} onClick={() => go(1)}>
              {say.nextChange}
            </PlainButton>
          </span>
        )}
      </div>
      <div ref={box} className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
        <table className={classes.table}>
          <thead className="cb-hidden">
            <tr>
              <th scope="col">{say.lineBefore}</th>
              <th scope="col">{say.lineAfter}</th>
              <th scope="col">{say.text}</th>
            </tr>
          </thead>
          {numbered(hunks).map(({ hunk, number }, i) => (
            <Part key={i} hunk={hunk} name={number === undefined ? undefined : say.change(number, changes)} />
          ))}
        </table>
      </div>
    </div>
  );
}

function numbered(hunks: readonly Hunk[]): { hunk: Hunk; number?: number }[] {
  let n = 0;
  return hunks.map((hunk) => (hunk.kind === 'changed' ? { hunk, number: ++n } : { hunk }));
}

// What did not change is folded away; a changed part can be gone to, and says which one it is.
function Part({ hunk, name }: { hunk: Hunk; name?: string }) {
  const [open, setOpen] = useState(false);
  if (hunk.kind === 'gap') {
    return (
      <tbody>
        <tr>
          <td colSpan={3} className={classes.gap}>
            <span className="cb-hidden">{say.gap}</span>⋯
          </td>
        </tr>
      </tbody>
    );
  }
  if (hunk.kind === 'same' && !open) {
    return (
      <tbody>
        <tr>
          <td colSpan={3} className={classes.fold}>
            <button type="button" onClick={() => setOpen(true)}>
              {say.unchanged(hunk.lines.length)}
            </button>
          </td>
        </tr>
      </tbody>
    );
  }
  return (
    <tbody data-change={name ? '' : undefined} tabIndex={name ? -1 : undefined} aria-label={name}>
      {hunk.lines.map((line, i) => (
        <Row key={i} line={line} />
      ))}
    </tbody>
  );
}

function Row({ line }: { line: DiffLine }) {
  const word = line.kind === 'same' ? undefined : say[line.kind];
  return (
    <tr data-kind={line.kind}>
      <td className={classes.number}>{line.before}</td>
      <td className={classes.number}>{line.after}</td>
      <td className={classes.text}>
        <span aria-hidden="true" className={classes.sign}>
          {SIGNS[line.kind]}
        </span>
        {word && <span className="cb-hidden">{word}: </span>}
        {line.text || ' '}
      </td>
    </tr>
  );
}
