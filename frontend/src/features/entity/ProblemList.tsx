import { useEntityProblems } from '@/api/problems';
import type { Entity } from '@/api/types';
import { formatRef, refOf } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { ProblemItem } from '@/ui/ProblemItem';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';

/** What is wrong with one entity, each with its line and its remedy. */
export function ProblemList({ entity }: { entity: Entity }) {
  const problems = useEntityProblems(formatRef(refOf(entity)));
  if (problems.isPending) return <Skeleton rows={4} label={say.problemList.loading} />;
  if (!problems.data) return <Trouble of={problems} />;
  const { items, totalItems } = problems.data;
  if (items.length === 0) {
    return <Empty title={say.problemList.none}>{say.problemList.noneHint}</Empty>;
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
        <p className="cb-quiet">{say.problemList.first(items.length, totalItems)}</p>
      )}
    </>
  );
}
