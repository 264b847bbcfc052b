import { Button } from '@mantine/core';
import { useState } from 'react';
import { CopyButton } from './CopyButton';
import classes from './CodeText.module.css';
import { say } from './messages';

/** Lines shown before someone asks for all of them. */
const LINES_FIRST = 1_000;

/** Text to read as it is, with line numbers. Never interpreted, however it looks. */
export function CodeText({ text, label }: { text: string; label: string }) {
  const [all, setAll] = useState(false);
  const lines = text.replace(/\n$/, '').split('\n');
  const cut = !all && lines.length > LINES_FIRST;
  const shown = cut ? lines.slice(0, LINES_FIRST) : lines;

  return (
    <div className={classes.root}>
      <div className={classes.bar}>
        <span className="cb-quiet">{say.lines(lines.length)}</span>
        <CopyButton text={text} label={say.copy(label)} />
      </div>
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={label}>
        <pre className={classes.numbers} aria-hidden="true">
          {shown.map((_, i) => i + 1).join('\n')}
        </pre>
        <pre className={classes.text}>{shown.join('\n')}</pre>
      </div>
      {cut && (
        <Button variant="default" size="xs" m={8} onClick={() => setAll(true)}>
          {say.allLines(lines.length)}
        </Button>
      )}
    </div>
  );
}
