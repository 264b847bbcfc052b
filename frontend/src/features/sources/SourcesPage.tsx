import { useSources } from '@/api/sources';
import { counted } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import { Note } from '@/ui/Note';
import { PageHeading } from '@/ui/PageHeading';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { SourceCard } from './SourceCard';
import { WhyNotHere } from './WhyNotHere';
import classes from './SourcesPage.module.css';

/** Every repository and file the catalog is read from, and how reading it goes. */
export function SourcesPage() {
  const sources = useSources();
  return (
    <div className="cb-page">
      <div className={classes.head}>
        <PageHeading title="Sources" />
        <p role="status" className="cb-quiet">
          {sources.data && counted(sources.data.length, 'source')}
        </p>
      </div>
      <WhyNotHere />
      {sources.isPending && <Skeleton rows={8} label="Loading the sources" />}
      {sources.isError && !sources.data && <Problem of={sources.error} onRetry={sources.refetch} />}
      {sources.isError && sources.data && (
        <Note tone="warn" title="This may be out of date">
          <p>{sources.error.message}</p>
        </Note>
      )}
      {sources.data?.length === 0 && (
        <Empty title="No sources">
          Name a repository under <code>sources:</code> in <code>callboard.yaml</code>, and start callboard again.
        </Empty>
      )}
      <ul className={classes.list}>
        {sources.data?.map((source) => (
          <SourceCard key={source.id} source={source} />
        ))}
      </ul>
    </div>
  );
}
