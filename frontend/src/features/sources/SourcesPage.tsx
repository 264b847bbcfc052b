import { useSources } from '@/api/sources';
import { counted } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import { PageHeading } from '@/ui/PageHeading';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
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
      <Trouble of={sources} />
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
