import { Button } from '@mantine/core';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { isOver, templateTitle, useTask, useTaskAction } from '@/api/scaffold';
import { useTaskLog, type TaskLog } from '@/api/task-log';
import { formatAge, formatInstant } from '@/lib/format';
import { parseRef } from '@/lib/ref';
import { EntityLink } from '@/ui/EntityLink';
import { Note } from '@/ui/Note';
import { PageHeading } from '@/ui/PageHeading';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { LogView } from './LogView';
import { say } from './messages';
import { Outputs } from './Outputs';
import { TaskState } from './TaskState';
import classes from './TaskPage.module.css';

/** One run: its steps with their times, its log as it is written, and what came of it. */
export function TaskPage() {
  const { id } = useParams({ from: '/create/tasks/$id' });
  const { step } = useSearch({ from: '/create/tasks/$id' });
  const navigate = useNavigate();
  const [round, setRound] = useState(0);
  const task = useTask(id);
  const log = useTaskLog(id, round);
  const cancel = useTaskAction(id, 'cancel');
  const retry = useTaskAction(id, 'retry');
  const wasSeenRunning = useRef(false);

  if (task.isError && !task.data) {
    return (
      <div className="cb-page">
        <PageHeading title={say.task.title} />
        <Trouble of={task} />
        <Link to="/create/tasks">{say.tasks.title}</Link>
      </div>
    );
  }
  if (task.isPending) {
    return (
      <div className="cb-page">
        <PageHeading title={say.task.title} />
        <Skeleton rows={8} label={say.task.loading} />
      </div>
    );
  }
  const { status, spec, createdAt, createdBy } = task.data;
  const over = isOver(status);
  if (!over) wasSeenRunning.current = true;
  // What came of it stands above the steps: where it is still on its way, they wait for it and do not jump.
  const isTold = !over || wasSeenRunning.current || log.done || log.broken;
  const template = parseRef(spec.templateInfo?.entityRef ?? '', { kind: 'template' });
  const wrong = cancel.error ?? retry.error;
  return (
    <div className="cb-page">
      <div className={classes.head}>
        <PageHeading title={templateTitle(task.data)} />
        <TaskState status={status} />
        <span className={classes.gap} />
        {!over && (
          <Button variant="default" size="sm" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {say.task.cancel}
          </Button>
        )}
        {over && status !== 'completed' && (
          <Button
            variant="default"
            size="sm"
            loading={retry.isPending}
            onClick={() => retry.mutate(undefined, { onSuccess: () => setRound(round + 1) })}
          >
            {say.task.retry}
          </Button>
        )}
        {over && template && (
          <Button
            variant="default"
            size="sm"
            onClick={() =>
              void navigate({
                to: '/create/templates/$namespace/$name',
                params: { namespace: template.namespace, name: template.name },
                search: { formData: JSON.stringify(spec.parameters ?? {}) },
              })
            }
          >
            {say.task.startOver}
          </Button>
        )}
      </div>
      <p className={classes.started}>
        <time dateTime={createdAt} title={formatInstant(createdAt)}>
          {say.task.started(formatAge(createdAt))}
        </time>
        {createdBy && (
          <>
            {' '}
            {say.task.by} <EntityLink to={createdBy} context={{ kind: 'user' }} />
          </>
        )}
      </p>
      <p role="status" className="cb-hidden">
        {over && say.task.ended(say.task.status[status] ?? status)}
      </p>
      {wrong && (
        <p role="alert" className={classes.wrong}>
          {wrong.message}
        </p>
      )}
      {status === 'open' && <Note tone="info" title={say.task.waiting} />}
      <Trouble of={task} />
      {log.broken && !log.done && <Note tone="warn" title={say.task.broken} />}
      {over && log.error && (
        <Note tone={status === 'cancelled' ? 'warn' : 'bad'} title={status === 'cancelled' ? say.task.ended(say.task.status.cancelled!) : say.task.failed}>
          <p className={classes.why}>{log.error}</p>
        </Note>
      )}
      {!isTold && <Skeleton rows={8} label={say.task.loading} />}
      {isTold && <Outputs output={log.output} />}
      {isTold && (
        <div className={classes.body}>
          <Steps
            steps={spec.steps}
            log={log}
            chosen={step}
            onChoose={(next) => void navigate({ to: '/create/tasks/$id', params: { id }, search: { step: next }, replace: true })}
          />
          <LogView lines={step ? log.lines.filter(({ stepId }) => stepId === step) : log.lines} live={!over} />
        </div>
      )}
    </div>
  );
}

interface StepsProps {
  steps: { id: string; name?: string; action: string }[];
  log: TaskLog;
  chosen?: string;
  onChoose: (step: string | undefined) => void;
}

function Steps({ steps, log, chosen, onChoose }: StepsProps) {
  const now = useNow(!log.done);
  return (
    <section aria-labelledby="steps" className={classes.steps}>
      <h2 id="steps">{say.task.steps}</h2>
      <ol>
        {steps.map(({ id, name, action }) => {
          const seen = log.steps.get(id);
          const from = seen?.from ? new Date(seen.from).getTime() : undefined;
          const to = seen?.to ? new Date(seen.to).getTime() : seen?.status === 'processing' ? now : undefined;
          return (
            <li key={id}>
              <button
                type="button"
                aria-pressed={chosen === id}
                title={say.task.only(name ?? id)}
                onClick={() => onChoose(chosen === id ? undefined : id)}
              >
                <span className={classes.name}>{name ?? id}</span>
                <span className={classes.what}>
                  <code>{action}</code>
                  {from !== undefined && to !== undefined && seen?.status !== 'skipped' && <span>{say.task.seconds(to - from)}</span>}
                </span>
              </button>
              <TaskState status={seen?.status ?? 'open'} />
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function useNow(ticks: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!ticks) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [ticks]);
  return now;
}
