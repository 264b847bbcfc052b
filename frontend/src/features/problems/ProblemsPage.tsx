import { Button } from '@mantine/core';
import { Link, useSearch } from '@tanstack/react-router';
import { useProblems } from '@/api/problems';
import { counted } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import { PageHeading } from '@/ui/PageHeading';
import { ProblemItem } from '@/ui/ProblemItem';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import classes from './ProblemsPage.module.css';

/** Everything that is wrong in what was read: no mistake is silent. */
export function ProblemsPage() {
  const { source } = useSearch({ from: '/problems' });
  const problems = useProblems(source);
  const items = problems.data?.pages.flatMap((page) => page.items) ?? [];
  const total = problems.data?.pages.at(-1)?.totalItems;

  return (
    <div className="cb-page">
      <div className={classes.head}>
        <PageHeading title="Problems" />
        <p role="status" className="cb-quiet">
          {total !== undefined && counted(total, 'problem')}
          {source && total !== undefined && ' of one source'}
        </p>
        {source && <Link to="/problems">All sources</Link>}
      </div>
      {problems.isPending && <Skeleton rows={8} label="Loading the problems" />}
      <Trouble of={problems} />
      {problems.isSuccess && items.length === 0 && (
        <Empty title="No problems">Every descriptor was read without a complaint.</Empty>
      )}
      {items.length > 0 && (
        <ul className="cb-card">
          {items.map((problem) => (
            <ProblemItem key={problem.id} problem={problem} />
          ))}
        </ul>
      )}
      {problems.hasNextPage && (
        <Button
          variant="default"
          mt={16}
          loading={problems.isFetchingNextPage}
          onClick={() => void problems.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </div>
  );
}
