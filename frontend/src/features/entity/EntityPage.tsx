import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useEntity } from '@/api/entity';
import { useNeighbourhood } from '@/api/graph';
import { useEntityProblems } from '@/api/problems';
import type { Entity } from '@/api/types';
import { ApiError } from '@/lib/client';
import { formatNumber } from '@/lib/format';
import { formatRef, refOf, type EntityRef } from '@/lib/ref';
import { toYaml } from '@/lib/yaml';
import { CodeText } from '@/ui/CodeText';
import { Empty } from '@/ui/Empty';
import { KindIcon } from '@/ui/KindIcon';
import { PageHeading } from '@/ui/PageHeading';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { Banners } from './Banners';
import { Dependencies } from './Dependencies';
import { EntityHeader } from './EntityHeader';
import classes from './EntityPage.module.css';
import { NearNames } from './NearNames';
import { Overview } from './Overview';
import { ProblemList } from './ProblemList';
import { SourceText } from './SourceText';

type TabId = 'overview' | 'dependencies' | 'definition' | 'problems' | 'source';

/** One entity: who owns it, what it belongs to, what is wrong with it. */
export function EntityPage() {
  const params = useParams({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  const ref: EntityRef = { kind: params.kind, namespace: params.namespace, name: params.name };
  return <EntityView key={formatRef(ref)} entityRef={ref} tab={params.tab} />;
}

function EntityView({ entityRef, tab }: { entityRef: EntityRef; tab?: string }) {
  const entity = useEntity(entityRef);
  const status = entity.error instanceof ApiError ? entity.error.status : undefined;

  // What was shown stays when it can't be asked again; only what was never there is an empty page.
  if (entity.data) {
    return <Full entity={entity.data} tab={tab} stale={entity.isError ? entity.error : undefined} />;
  }
  return (
    <div className="cb-page">
      <PageHeading title={status === 404 ? `No ${entityRef.kind} named ${entityRef.name}` : entityRef.name}>
        {status === 404 ? undefined : (
          <span className={classes.pending}>
            <KindIcon kind={entityRef.kind} size={22} /> {entityRef.name}
          </span>
        )}
      </PageHeading>
      <div className={classes.below}>
        {entity.isPending && <Skeleton rows={8} label={`Loading ${entityRef.name}`} />}
        {status === 404 && <NearNames entityRef={entityRef} />}
        {entity.isError && status !== 404 && <Problem of={entity.error} onRetry={entity.refetch} />}
      </div>
    </div>
  );
}

function Full({ entity, tab, stale }: { entity: Entity; tab?: string; stale?: Error }) {
  const ref = refOf(entity);
  const problems = useEntityProblems(formatRef(ref));
  const around = useNeighbourhood(ref, 1);
  const definition = entity.spec?.definition;
  const problemCount = problems.data?.totalItems ?? 0;

  const tabs: { id: TabId; label: string; count?: number; show: () => ReactNode }[] = [
    { id: 'overview', label: 'Overview', show: () => <Overview entity={entity} nodes={around.data?.nodes} /> },
    { id: 'dependencies', label: 'Dependencies', show: () => <Dependencies entityRef={ref} /> },
  ];
  if (definition !== undefined) {
    tabs.push({ id: 'definition', label: 'Definition', show: () => <Definition of={definition} /> });
  }
  tabs.push(
    {
      id: 'problems',
      label: 'Problems',
      count: problemCount,
      show: () => <ProblemList problems={problems} entity={entity} />,
    },
    { id: 'source', label: 'YAML', show: () => <SourceText entity={entity} /> },
  );
  const current = tabs.find(({ id }) => id === tab) ?? tabs[0]!;

  return (
    <div className="cb-page">
      <EntityHeader entity={entity} nodes={around.data?.nodes} />
      <Banners entity={entity} problemCount={problemCount} stale={stale} />
      <nav aria-label="About this entity" className={classes.tabs}>
        {tabs.map(({ id, label, count }) => (
          <Link
            key={id}
            from="/catalog/$namespace/$kind/$name/{-$tab}"
            to="/catalog/$namespace/$kind/$name/{-$tab}"
            params={(before) => ({ ...before, tab: id === 'overview' ? undefined : id })}
            resetScroll={false}
            className={classes.tab}
            activeOptions={{ exact: true }}
            aria-current={current.id === id ? 'page' : undefined}
          >
            {label}
            {!!count && <span className={classes.count}>{formatNumber(count)}</span>}
          </Link>
        ))}
      </nav>
      <section aria-label={current.label}>{current.show()}</section>
    </div>
  );
}

function Definition({ of }: { of: unknown }) {
  if (of === '') return <Empty title="The definition is empty" />;
  return <CodeText text={typeof of === 'string' ? of : toYaml(of)} label="API definition" />;
}
