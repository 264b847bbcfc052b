import { lazy, Suspense, type ComponentType } from 'react';
import { CodeText } from '@/ui/CodeText';
import { Note } from '@/ui/Note';
import { Pill } from '@/ui/Pill';
import { Skeleton } from '@/ui/Skeleton';
import type { PanelData } from './data';
import { KeyValuesPanel } from './KeyValuesPanel';
import { LinksPanel } from './LinksPanel';
import { say } from './messages';
import { PanelBoundary } from './PanelBoundary';
import classes from './PanelBody.module.css';
import { StatusPanel } from './StatusPanel';
import { TablePanel } from './TablePanel';
import { TimelinePanel } from './TimelinePanel';
import { TreePanel } from './TreePanel';

// The type's shape is the server's to check: here each component takes the answer for what it says it is.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Draw = ComponentType<{ data: any; label: string }>;

/** A row a type. What few panels are is a chunk of its own. */
const TYPES: Record<string, Draw> = {
  status: StatusPanel,
  table: TablePanel,
  keyvalues: KeyValuesPanel,
  timeline: TimelinePanel,
  tree: TreePanel,
  links: LinksPanel,
  series: lazy(() => import('./SeriesPanel').then((m) => ({ default: m.SeriesPanel }))),
  diff: lazy(() => import('./DiffPanel').then((m) => ({ default: m.DiffPanel }))),
  text: lazy(() => import('./TextPanel').then((m) => ({ default: m.TextPanel }))),
  group: GroupPanel,
};

/** A plugin's answer as a picture: by its type, and as it is where the type is not known here. */
export function PanelBody({ data, label }: { data: PanelData; label: string }) {
  const Type = Object.hasOwn(TYPES, data.type) ? TYPES[data.type] : undefined;
  return (
    <PanelBoundary data={data}>
      {data.summary && (
        <p className={classes.summary} dir="auto">
          {data.summary}
        </p>
      )}
      {data.partial && data.partial.length > 0 && (
        <Note tone="warn" title={say.partial(data.partial.length)}>
          <ul>
            {data.partial.map(({ source, message }, i) => (
              <li key={i} dir="auto">
                <b>{source}</b>: {message}
              </li>
            ))}
          </ul>
        </Note>
      )}
      {Type ? (
        <Suspense fallback={<Skeleton rows={4} label={say.loading(label)} />}>
          <Type data={data} label={label} />
        </Suspense>
      ) : (
        <RawPanel data={data} />
      )}
    </PanelBoundary>
  );
}

function RawPanel({ data }: { data: PanelData }) {
  return (
    <>
      <Note tone="info" title={say.unknownType(String(data.type))}>
        <p>{say.unknownTypeWhy}</p>
      </Note>
      <CodeText text={JSON.stringify(data, null, 2)} label={say.rawData} />
    </>
  );
}

/** Several panels as one. Each stands for itself: one that cannot be drawn leaves the others. */
function GroupPanel({ data, label }: { data: { panels: PanelData[] }; label: string }) {
  return (
    <div className={classes.group}>
      {data.panels.map((panel, i) => {
        const title = panel.title ?? `${label} ${i + 1}`;
        return (
          <div key={i} role="group" aria-label={title}>
            {panel.title && (
              <h3 className={classes.title} dir="auto">
                {panel.title}
                {panel.source?.simulated && (
                  <Pill tone="info" title={say.simulatedWhy}>
                    {say.simulated}
                  </Pill>
                )}
              </h3>
            )}
            <PanelBody data={panel} label={title} />
          </div>
        );
      })}
    </div>
  );
}
