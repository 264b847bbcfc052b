import type { useEntityProblems } from '@/api/problems';
import type { Entity } from '@/api/types';
import { formatNumber } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import { ProblemItem } from '@/ui/ProblemItem';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';

/** What is wrong with one entity, each with its line and its remedy. */
export function ProblemList({ problems, entity }: { problems: ReturnType<typeof useEntityProblems>; entity: Entity }) {
  if (problems.isPending) return <Skeleton rows={4} label="Loading the problems" />;
  if (!problems.data) return <Trouble of={problems} />;
  const { items, totalItems } = problems.data;
  if (items.length === 0) {
    return <Empty title="No problems">Its file was read without a complaint.</Empty>;
  }
  const view = entity.metadata.annotations?.['backstage.io/view-url'];
  return (
    <>
      <Trouble of={problems} />
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
