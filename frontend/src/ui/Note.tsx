import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';
import classes from './Note.module.css';

export type Tone = 'bad' | 'warn' | 'good' | 'info';

const ICONS: Record<Tone, IconName> = { bad: 'warning', warn: 'warning', good: 'check', info: 'other' };

/** A sentence that must be seen: a banner above what it is about. */
export function Note({ tone, title, children }: { tone: Tone; title: string; children?: ReactNode }) {
  return (
    <div className={classes[tone]}>
      <Icon name={ICONS[tone]} size={20} />
      <div className={classes.body}>
        <p className={classes.head}>{title}</p>
        {children}
      </div>
    </div>
  );
}
