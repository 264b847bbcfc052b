import { Icon, type IconName } from '@/ui/Icon';
import type { Tone } from '@/ui/Note';
import type { State } from './data';
import { isState } from './health';
import { say } from './messages';
import classes from './StateMark.module.css';

// Colour, shape and word say the same, so that each alone is enough.
const LOOKS: Record<State, { icon: IconName; tone?: Tone }> = {
  ok: { icon: 'check', tone: 'good' },
  progress: { icon: 'clock', tone: 'info' },
  warning: { icon: 'warning', tone: 'warn' },
  error: { icon: 'close', tone: 'bad' },
  unknown: { icon: 'question' },
  info: { icon: 'info', tone: 'info' },
};

/** How something is. TEXT stands for the state's own word where the plugin has a better one. */
export function StateMark({ state, text, bare }: { state: State | null | undefined; text?: string; bare?: boolean }) {
  const known = isState(state) ? state : 'unknown';
  const { icon, tone } = LOOKS[known];
  const word = say.state[known];
  return (
    <span className={classes.mark} data-tone={tone} title={bare || text ? word : undefined}>
      <Icon name={icon} size={14} />
      {bare ? <span className="cb-hidden">{word}</span> : <span className={classes.word}>{text || word}</span>}
      {!bare && text && text !== word && <span className="cb-hidden">({word})</span>}
    </span>
  );
}
