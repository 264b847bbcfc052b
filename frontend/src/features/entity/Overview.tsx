import type { useExplanation } from '@/api/explain';
import type { Entity, GraphNode, PanelList } from '@/api/types';
import { CouldShow } from '@/panels/CouldShow';
import { CopyButton } from '@/ui/CopyButton';
import { LastChange } from './LastChange';
import { say } from './messages';
import classes from './Overview.module.css';
import { Relations } from './Relations';

interface OverviewProps {
  entity: Entity;
  nodes?: GraphNode[];
  panels?: PanelList;
  told: ReturnType<typeof useExplanation>;
}

/** What it is connected with, what became of it last, and what its file says about it. */
export function Overview({ entity, nodes, panels, told }: OverviewProps) {
  return (
    <div className={classes.grid}>
      <Relations entity={entity} nodes={nodes} />
      <div className={classes.side}>
        <LastChange told={told} />
        <Pairs title={say.annotations} pairs={entity.metadata.annotations} />
        <Pairs title={say.labels} pairs={entity.metadata.labels} />
        {panels && <CouldShow list={panels} />}
      </div>
    </div>
  );
}

function Pairs({ title, pairs = {} }: { title: string; pairs?: Record<string, string> }) {
  // What the catalog wrote itself comes last: people look for their own.
  const entries = Object.entries(pairs).sort(([a], [b]) => Number(isOurs(a)) - Number(isOurs(b)));
  if (entries.length === 0) return null;
  return (
    <section className={`cb-card ${classes.card}`}>
      <h2>{title}</h2>
      <dl>
        {entries.map(([key, value]) => (
          <div key={key} className={classes.pair}>
            <dt title={key}>{key}</dt>
            <dd>
              <span>{String(value)}</span>
              <CopyButton text={String(value)} label={say.copyValue(key)} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function isOurs(key: string): boolean {
  return key.startsWith('backstage.io/');
}
