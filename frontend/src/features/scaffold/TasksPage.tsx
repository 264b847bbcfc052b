import { Table } from '@/ui/Table';
import '@/ui/choices.css';
import { Button, Select } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { TASKS_PAGE, templateTitle, useTasks } from '@/api/scaffold';
import { useSession } from '@/api/session';
import { formatAge, formatInstant } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { PageHeading } from '@/ui/PageHeading';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import { TaskState } from './TaskState';
import classes from './TasksPage.module.css';

export interface TasksSearch {
  mine?: 'yes';
  status?: string;
  page?: number;
}

const STATES = ['open', 'processing', 'completed', 'failed', 'cancelled'];

/** Runs of templates, the newest first. */
export function TasksPage() {
  const { mine, status, page = 1 } = useSearch({ from: '/create/tasks' });
  const navigate = useNavigate();
  const session = useSession();
  const tasks = useTasks({ createdBy: mine ? session.data?.user.ref : undefined, status, page: page - 1 });
  const go = (change: TasksSearch) => void navigate({ to: '/create/tasks', search: (before) => ({ ...before, page: undefined, ...change }) });
  const total = tasks.data?.totalTasks ?? 0;
  const items = tasks.data?.tasks ?? [];

  return (
    <div className="cb-page">
      <div className={classes.head}>
        <PageHeading title={say.tasks.title} />
        <p className="cb-quiet" role="status">
          {tasks.isSuccess && say.tasks.count(total)}
        </p>
        <Link to="/create">{say.tasks.create}</Link>
      </div>
      <div className={classes.tools}>
        <label>
          <input type="checkbox" checked={mine === 'yes'} onChange={() => go({ mine: mine ? undefined : 'yes' })} /> {say.tasks.mine}
        </label>
        <Select
          aria-label={say.tasks.state}
          size="xs"
          allowDeselect={false}
          value={status ?? ''}
          data={[{ value: '', label: say.tasks.anyState }, ...STATES.map((value) => ({ value, label: say.task.status[value] ?? value }))]}
          onChange={(value) => go({ status: value || undefined })}
        />
      </div>
      {tasks.isPending && <Skeleton rows={8} label={say.tasks.loading} />}
      <Trouble of={tasks} />
      {tasks.isSuccess && items.length === 0 && (
        <Empty title={say.tasks.none}>{mine || status ? say.tasks.noMatch : say.tasks.noneHint}</Empty>
      )}
      {items.length > 0 && (
        <Table label={say.tasks.title} look="roomy">
          <thead>
            <tr>
              <th scope="col">{say.tasks.template}</th>
              <th scope="col">{say.tasks.state}</th>
              <th scope="col">{say.tasks.started}</th>
              <th scope="col">{say.tasks.by}</th>
            </tr>
          </thead>
          <tbody>
            {items.map((task) => (
              <tr key={task.id}>
                <td>
                  <Link to="/create/tasks/$id" params={{ id: task.id }}>
                    {templateTitle(task)}
                  </Link>
                </td>
                <td>
                  <TaskState status={task.status} />
                </td>
                <td>
                  <time dateTime={task.createdAt} title={formatInstant(task.createdAt)}>
                    {formatAge(task.createdAt)}
                  </time>
                </td>
                <td>{task.createdBy && <EntityLink to={task.createdBy} context={{ kind: 'user' }} />}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
      {total > TASKS_PAGE && (
        <nav aria-label={say.tasks.pages} className={classes.tools}>
          <Button variant="default" disabled={page <= 1} onClick={() => go({ page: page > 2 ? page - 1 : undefined })}>
            {say.tasks.back}
          </Button>
          <Button variant="default" disabled={page * TASKS_PAGE >= total} onClick={() => go({ page: page + 1 })}>
            {say.tasks.next}
          </Button>
        </nav>
      )}
    </div>
  );
}
