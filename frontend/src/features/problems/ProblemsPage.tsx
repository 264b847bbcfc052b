import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useProblems } from '@/api/problems';
import { Empty } from '@/ui/Empty';
import { say as ui } from '@/ui/messages';
import { PageHeading } from '@/ui/PageHeading';
import { ProblemItem } from '@/ui/ProblemItem';
import { Segments } from '@/ui/Segments';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { say } from './messages';
import classes from './ProblemsPage.module.css';

const SEVERITIES = ['any', 'error', 'warning', 'info'] as const;

/** Everything that is wrong in what was read: no mistake is silent. */
export function ProblemsPage() {
  const { source, rule, severity } = useSearch({ from: '/problems' });
  const navigate = useNavigate({ from: '/problems' });
  const problems = useProblems({ source, rule, severity });
  const items = problems.data?.pages.flatMap((page) => page.items) ?? [];
  const total = problems.data?.pages.at(-1)?.totalItems;
  const chosen = [source && say.chosen.source, rule && say.chosen.rule(rule), severity && say.chosen.severity(severity)].filter(Boolean);

  return (
    <div className="cb-page">
      <div className={classes.head}>
        <PageHeading title={ui.page.problems} />
        <p role="status" className="cb-quiet">
          {total !== undefined && [say.count(total), ...chosen].join(' ')}
        </p>
        {chosen.length > 0 && <Link to="/problems">{say.all}</Link>}
        <Segments
          label={say.only}
          name="severity"
          value={SEVERITIES.find((known) => known === severity) ?? 'any'}
          options={SEVERITIES.map((one) => [one, say.severities[one]] as const)}
          onChoose={(one) => void navigate({ search: (before) => ({ ...before, severity: one === 'any' ? undefined : one }), replace: true, resetScroll: false })}
        />
      </div>
      {problems.isPending && <Skeleton rows={8} label={say.loading} />}
      <Trouble of={problems} />
      {problems.isSuccess && items.length === 0 && (
        <Empty title={chosen.length > 0 ? say.noneSo : say.none}>{chosen.length > 0 ? say.noneSoHint : say.noneHint}</Empty>
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
          {say.more}
        </Button>
      )}
    </div>
  );
}
