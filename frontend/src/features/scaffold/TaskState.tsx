import type { Tone } from '@/ui/Note';
import { Pill } from '@/ui/Pill';
import { say } from './messages';

const TONES: Record<string, Tone> = { processing: 'info', completed: 'good', failed: 'bad', cancelled: 'warn' };

/** How a run, or one of its steps, is. */
export function TaskState({ status }: { status: string }) {
  return <Pill tone={TONES[status]}>{say.task.status[status] ?? status}</Pill>;
}
