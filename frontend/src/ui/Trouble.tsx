import { formatAge } from '@/lib/format';
import { say } from './messages';
import { Note } from './Note';
import classes from './Note.module.css';
import { PlainButton } from './PlainButton';
import { Problem } from './Problem';

/** A question as useQuery has it. */
interface Asked {
  isError: boolean;
  error: unknown;
  data: unknown;
  dataUpdatedAt: number;
  refetch: () => unknown;
}

/** A question that failed: where it was never answered, the broken face of a view; else what is shown is old, and how old. */
export function Trouble({ of }: { of: Asked }) {
  if (!of.isError) return null;
  if (of.data === undefined) return <Problem of={of.error} onRetry={of.refetch} />;
  return (
    <div role="alert" className={classes.trouble}>
      <Note tone="warn" title={say.old}>
        <p>
          {say.oldSince(formatAge(new Date(of.dataUpdatedAt).toISOString()))} {of.error instanceof Error && of.error.message}
        </p>
        <PlainButton onClick={() => void of.refetch()}>{say.tryAgain}</PlainButton>
      </Note>
    </div>
  );
}
