import type { useEntityProblems } from '@/api/problems';
import type { Entity } from '@/api/types';
import { formatNumber } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import { Problem } from '@/ui/Problem';
import { ProblemItem } from '@/ui/ProblemItem';
import { Skeleton } from '@/ui/Skeleton';

/** What is wrong with one entity, each with its line and its remedy. */
export function ProblemList({ problems, entity }: { problems: ReturnType<typeof useEntityProblems>; entity: Entity }) {
  if (problems.isPending) return <Skeleton rows={4} label="Loading the problems" />;
  if (problems.isError) return <Problem of={problems.error} onRetry={problems.refetch} />;
  const { items, totalItems } = problems.data;
  if (items.length === 0) {
    return <Empty title="No problems">Its file was read without a complaint.</Empty>;
  }
  const view = entity.metadata.annotations?.['backstage.io/view-url'];
  return (
    <>
      <ul className="cb-card">
        {items.map((problem) => (
          <ProblemItem
            key={problem.id}
            problem={problem}
            withoutEntity
            fileUrl={problem.path && view?.endsWith(`/${problem.path}`) ? view : undefined}
          />
        ))}
      </ul>
      {totalItems > items.length && (
        <p className="cb-quiet">The first {formatNumber(items.length)} of {formatNumber(totalItems)} problems.</p>
      )}
    </>
  );
}
