import type { ErrorComponentProps } from '@tanstack/react-router';
import { Note } from '@/ui/Note';
import { PageHeading } from '@/ui/PageHeading';
import { PlainButton } from '@/ui/PlainButton';
import { say } from './messages';

/** What stands where a page fell over. A chunk that is gone means a newer callboard is running. */
export function Broken({ error }: ErrorComponentProps) {
  const message = error instanceof Error ? error.message : String(error);
  const stale = /dynamically imported module|importing a module script|module script failed/i.test(message);
  return (
    <div className="cb-page">
      <PageHeading title={stale ? say.updated : say.broke} />
      <div role="alert">
        <Note tone={stale ? 'info' : 'bad'} title={stale ? say.updatedHint : message}>
          <PlainButton onClick={() => window.location.reload()}>{say.loadAgain}</PlainButton>
        </Note>
      </div>
    </div>
  );
}
