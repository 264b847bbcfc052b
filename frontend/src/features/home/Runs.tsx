import { Link } from '@tanstack/react-router';
import { templateTitle, useMyTasks } from '@/api/scaffold';
import { formatAge, formatInstant } from '@/lib/format';
import { Pill } from '@/ui/Pill';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import type { Tone } from '@/ui/Note';
import classes from './HomePage.module.css';
import { say } from './messages';

const ASKED = 10;
const SHOWN = 3;
const TONES: Record<string, Tone> = { processing: 'info', completed: 'good', failed: 'bad', cancelled: 'warn' };

/** My runs of templates: those that run, then the newest. */
export function Runs({ user }: { user?: string }) {
  const tasks = useMyTasks(user, ASKED);
  const total = tasks.data?.totalTasks ?? 0;
  return (
    <section className="cb-card" aria-labelledby="runs">
      <div className={classes.head}>
        <h2 id="runs">{say.runs}</h2>
      </div>
      <div className={classes.runs}>
        {tasks.isPending && <Skeleton rows={3} label={say.runsLoading} />}
        <Trouble of={tasks} />
        {tasks.isSuccess && total === 0 && (
          <p className={classes.none}>
            {say.runsNone} <Link to="/create">{say.runsStart}</Link>
          </p>
        )}
        <ul>
          {tasks.data?.tasks.slice(0, SHOWN).map((task) => (
            <li key={task.id} className={classes.run}>
              <Link to="/create/tasks/$id" params={{ id: task.id }} className="cb-line">
                {templateTitle(task)}
              </Link>
              <Pill tone={TONES[task.status]}>{say.run[task.status] ?? task.status}</Pill>
              <time className="cb-quiet" dateTime={task.createdAt} title={formatInstant(task.createdAt)}>
                {formatAge(task.createdAt)}
              </time>
            </li>
          ))}
        </ul>
      </div>
      {total > 0 && (
        <p className={classes.more}>
          <Link to="/create/tasks" search={{ mine: 'yes' }}>
            {say.runsAll(total)}
          </Link>
        </p>
      )}
    </section>
  );
}
