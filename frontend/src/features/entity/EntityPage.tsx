import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useEntity } from '@/api/entity';
import { EXPLAINED_PROBLEMS, useExplanation } from '@/api/explain';
import { BESIDE, useNeighbourhood } from '@/api/graph';
import { usePanelList } from '@/api/panels';
import type { Entity, PanelList } from '@/api/types';
import { ApiError } from '@/lib/client';
import { formatNumber } from '@/lib/format';
import { formatRef, refOf, type EntityRef } from '@/lib/ref';
import { groupsOf } from '@/panels/groups';
import { HealthStrip } from '@/panels/HealthStrip';
import { say } from '@/panels/messages';
import { PanelGrid } from '@/panels/PanelGrid';
import { KindIcon } from '@/ui/KindIcon';
import { Note } from '@/ui/Note';
import { PageHeading } from '@/ui/PageHeading';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import { Apis, apisOf } from './Apis';
import { Banners } from './Banners';
import { Dependencies } from './Dependencies';
import { EntityHeader } from './EntityHeader';
import classes from './EntityPage.module.css';
import { Gone } from './Gone';
import { History } from './History';
import { ImpactView } from './ImpactView';
import { say as more } from './messages';
import { NearNames } from './NearNames';
import { Overview } from './Overview';
import { ProblemList } from './ProblemList';
import { SourceText } from './SourceText';
import { WhereFrom } from './WhereFrom';

/** The page's own tabs; every other name is a plugin's. */
const OWN = ['overview', 'dependencies', 'impact', 'apis', 'definition', 'history', 'problems', 'from', 'source'] as const;

/** How long the page waits for what its header will hold, so that nothing moves when that comes. */
const PATIENCE_MS = 400;

/** Kinds that something else may need to work. */
const BREAKS = new Set(['component', 'api', 'resource', 'system']);

function tabOf(plugin: string): string {
  return (OWN as readonly string[]).includes(plugin) ? `plugin-${plugin}` : plugin;
}

/** One entity: who owns it, what it belongs to, what is wrong with it. */
export function EntityPage() {
  const params = useParams({ from: '/catalog/$namespace/$kind/$name/{-$tab}' });
  const ref: EntityRef = { kind: params.kind, namespace: params.namespace, name: params.name };
  return <EntityView key={formatRef(ref)} entityRef={ref} tab={params.tab} />;
}

function EntityView({ entityRef, tab }: { entityRef: EntityRef; tab?: string }) {
  const entity = useEntity(entityRef);
  const panels = usePanelList(entityRef);
  const patient = useMoment(PATIENCE_MS) && panels.isPending;
  const status = entity.error instanceof ApiError ? entity.error.status : undefined;

  // What was shown stays when it can't be asked again; only what was never there is an empty page.
  if (entity.data && !patient) {
    return <Full entity={entity.data} panels={panels} tab={tab} asked={entity} />;
  }
  return (
    <div className="cb-page">
      <PageHeading title={status === 404 ? more.none(entityRef.kind, entityRef.name) : entityRef.name}>
        {status === 404 ? undefined : (
          <span className={classes.pending}>
            <KindIcon kind={entityRef.kind} size={22} /> {entityRef.name}
          </span>
        )}
      </PageHeading>
      <div className={classes.below}>
        {(entity.isPending || patient) && !entity.isError && <Skeleton rows={8} label={more.loading(entityRef.name)} />}
        {status === 404 && <NearNames entityRef={entityRef} />}
        {status === 404 && <Gone entityRef={entityRef} />}
        {entity.isError && status !== 404 && <Problem of={entity.error} onRetry={entity.refetch} />}
      </div>
    </div>
  );
}

/** True at first, and false from MS on. */
function useMoment(ms: number): boolean {
  const [now, setNow] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setNow(false), ms);
    return () => clearTimeout(timer);
  }, [ms]);
  return now;
}

interface FullProps {
  entity: Entity;
  panels: ReturnType<typeof usePanelList>;
  tab?: string;
  asked: ReturnType<typeof useEntity>;
}

const NO_PANELS: PanelList['panels'] = [];

function Full({ entity, panels, tab, asked }: FullProps) {
  const ref = refOf(entity);
  const told = useExplanation(ref);
  const around = useNeighbourhood(ref, BESIDE);
  const entries = panels.data?.panels ?? NO_PANELS;
  const groups = useMemo(() => groupsOf(entries), [entries]);
  const definition = entity.spec?.definition;
  const problemCount = told.data?.problems.length ?? 0;

  const tabs: { id: string; label: string; count?: number; show: () => ReactNode }[] = [
    { id: 'overview', label: more.overview, show: () => <Overview entity={entity} nodes={around.data?.nodes} panels={panels.data} told={told} /> },
    { id: 'dependencies', label: more.dependencies, show: () => <Dependencies entityRef={ref} /> },
  ];
  if (BREAKS.has(ref.kind.toLowerCase())) tabs.push({ id: 'impact', label: more.impact.tab, show: () => <ImpactView entityRef={ref} /> });
  if (['component', 'system', 'api'].includes(ref.kind.toLowerCase()) && apisOf(entity).size > 0) tabs.push({ id: 'apis', label: more.apis.tab, show: () => <Apis entity={entity} /> });
  if (definition !== undefined) {
    tabs.push({ id: 'definition', label: more.definition.tab, show: () => <Definition entity={entity} /> });
  }
  for (const { plugin, label, entries: own } of groups) {
    tabs.push({ id: tabOf(plugin), label, show: () => <PanelGrid key={plugin} entityRef={ref} entries={own} label={label} /> });
  }
  tabs.push(
    {
      id: 'problems',
      label: more.problems,
      count: problemCount,
      show: () => <ProblemList entity={entity} />,
    },
    { id: 'history', label: more.history.tab, show: () => <History entityRef={ref} /> },
    { id: 'from', label: more.from.tab, show: () => <WhereFrom entity={entity} /> },
    { id: 'source', label: more.yaml, show: () => <SourceText entity={entity} /> },
  );
  const found = tabs.find(({ id }) => id === (tab ?? 'overview'));
  // A tab that is not there may be a plugin's that has not been told yet.
  const current = found ?? tabs[0]!;
  const wanting = !found && panels.isPending;

  return (
    <div className="cb-page">
      <EntityHeader entity={entity} nodes={around.data?.nodes} brief={current.id !== 'overview'}>
        {groups.length > 0 && <HealthStrip entityRef={ref} groups={groups} tabOf={tabOf} />}
      </EntityHeader>
      <Banners entity={entity} problemCount={problemCount} moreProblems={problemCount === EXPLAINED_PROBLEMS} asked={asked} />
      <nav aria-label={more.tabs} className={classes.tabs}>
        {tabs.map(({ id, label, count }) => (
          <Link
            key={id}
            from="/catalog/$namespace/$kind/$name/{-$tab}"
            to="/catalog/$namespace/$kind/$name/{-$tab}"
            params={(before) => ({ ...before, tab: id === 'overview' ? undefined : id })}
            resetScroll={false}
            className={classes.tab}
            activeOptions={{ exact: true }}
            aria-current={!wanting && current.id === id ? 'page' : undefined}
          >
            {label}
            {!!count && <span className={classes.count}>{formatNumber(count)}</span>}
          </Link>
        ))}
      </nav>
      {panels.isError && (
        <div className={classes.note}>
          <Note tone="warn" title={say.listFailed}>
            <p>{panels.error.message}</p>
          </Note>
        </div>
      )}
      <section aria-label={current.label}>
        {wanting ? <Skeleton rows={6} label={more.loading(tab ?? '')} /> : current.show()}
      </section>
    </div>
  );
}

// The readers of definitions are heavier than the rest of the page.
const ApiDefinition = lazy(() => import('./ApiDefinition').then((module) => ({ default: module.ApiDefinition })));

function Definition({ entity }: { entity: Entity }) {
  return (
    <Suspense fallback={<Skeleton rows={8} label={more.definition.loading} />}>
      <ApiDefinition entity={entity} />
    </Suspense>
  );
}
