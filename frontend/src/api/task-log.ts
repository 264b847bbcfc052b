import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { keys } from '@/lib/keys';
import { readEvents } from '@/lib/events';
import { eventsPath, type TaskOutput } from './scaffold';

export interface LogLine {
  id: number;
  at: string;
  stepId?: string;
  status?: string;
  text: string;
}

export interface TaskLog {
  lines: LogLine[];
  /** By step: what was heard last, and when it began and ended. */
  steps: Map<string, { status: string; from?: string; to?: string }>;
  output?: TaskOutput;
  error?: string;
  /** The run is over, and all of it is here. */
  done: boolean;
  /** The stream broke; it is tried again. */
  broken: boolean;
}

interface Event {
  id: number;
  type: 'log' | 'completion' | 'cancelled' | 'recovered';
  createdAt: string;
  body: { message?: string; stepId?: string; status?: string; output?: TaskOutput; error?: { message?: string } };
}

const AGAIN_MS = [500, 1_000, 2_000, 5_000];
/** Lines that come together are shown together. */
const BATCH_MS = 60;
/** So many are kept; the first ones give way, and the page says so. */
export const LINES_MAX = 50_000;

const EMPTY: TaskLog = { lines: [], steps: new Map(), done: false, broken: false };

/** A terminal's colours, which are no text. */
// eslint-disable-next-line no-control-regex
const ANSI = /\u001b\[[0-9;]*m/g;

export function addEvents(log: TaskLog, events: Event[]): TaskLog {
  const seen = log.lines.at(-1)?.id ?? 0;
  const steps = new Map(log.steps);
  const lines = [...log.lines];
  let { output, error, done } = log;
  for (const { id, type, createdAt, body } of events) {
    if (type === 'recovered') {
      done = false;
      error = undefined;
    }
    if (type === 'completion') {
      done = true;
      output = body.output;
      error = body.error?.message;
    }
    if (body.stepId && body.status) {
      const before = steps.get(body.stepId);
      const began = body.status === 'processing';
      steps.set(body.stepId, { status: body.status, from: began ? createdAt : before?.from, to: began ? undefined : createdAt });
    }
    if (id <= seen || !body.message) continue;
    lines.push({ id, at: createdAt, stepId: body.stepId, status: body.status, text: body.message.replace(ANSI, '') });
  }
  return { lines: lines.length > LINES_MAX ? lines.slice(-LINES_MAX) : lines, steps, output, error, done, broken: false };
}

/** A run's log as it is written: from its beginning, once each line, over breaks of the connection, until the run is over. */
export function useTaskLog(id: string, round: number): TaskLog {
  const [log, setLog] = useState<TaskLog>(EMPTY);
  const client = useQueryClient();
  const shown = useRef(EMPTY);

  useEffect(() => {
    const control = new AbortController();
    let waiting: Event[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = (next: TaskLog) => {
      shown.current = next;
      setLog(next);
    };
    const flush = () => {
      clearTimeout(timer);
      timer = undefined;
      if (waiting.length > 0) show(addEvents(shown.current, waiting));
      waiting = [];
    };
    show({ ...shown.current, done: false });
    const run = async () => {
      for (let tries = 0; !control.signal.aborted; tries++) {
        try {
          await readEvents(eventsPath(id, shown.current.lines.at(-1)?.id), control.signal, ({ data }) => {
            tries = 0;
            waiting.push(JSON.parse(data) as Event);
            timer ??= setTimeout(flush, BATCH_MS);
          });
          flush();
          if (shown.current.done) {
            void client.invalidateQueries({ queryKey: keys.tasks });
            return;
          }
        } catch {
          if (control.signal.aborted) return;
          flush();
          show({ ...shown.current, broken: true });
        }
        await new Promise((later) => setTimeout(later, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]));
      }
    };
    void run();
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [id, round, client]);

  return log;
}
