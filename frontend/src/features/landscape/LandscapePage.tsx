import '@/ui/choices.css';
import { Button, Select } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useMap } from '@/api/graph';
import type { CatalogMap } from '@/api/types';
import { capital, counted, formatNumber } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { PageHeading } from '@/ui/PageHeading';
import { Pill } from '@/ui/Pill';
import { Problem } from '@/ui/Problem';
import { Skeleton } from '@/ui/Skeleton';
import './hues.css';
import classes from './LandscapePage.module.css';
import { MapDrawing, nameOf } from './MapDrawing';
import { MapList } from './MapList';
import { ASPECTS, paintBy, type Aspect } from './paint';

const LEGEND_MAX = 24;

export interface LandscapeSearch {
  color?: Aspect;
  /** A value of the legend. */
  only?: string;
  root?: string;
  at?: string;
  view?: 'list';
}

/** The whole catalog on one sheet: domains, systems in them, and what these are made of. */
export function LandscapePage() {
  const search = useSearch({ from: '/landscape' });
  const navigate = useNavigate({ from: '/landscape' });
  const map = useMap(search.root);
  const go = (change: LandscapeSearch, replace = false) =>
    void navigate({ to: '/landscape', search: (before) => ({ ...before, ...change }), replace });
  const aspect = search.color ?? 'owner';
  const paint = useMemo(() => paintBy(map.data?.entities ?? [], aspect), [map.data, aspect]);
  const lit = paint.legend.find(({ value }) => (value || 'none') === search.only)?.value;

  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <PageHeading title="Landscape" />
        <p className="cb-quiet" role="status">
          {map.data && counted(map.data.totalItems, 'entity', 'entities')}
          {map.data && ` in ${counted(map.data.boxes.filter(({ kind }) => kind === 'System').length, 'system')}`}
        </p>
        {search.root && (
          <Button variant="default" size="compact-sm" onClick={() => go({ root: undefined, at: undefined, only: undefined })}>
            All of the map
          </Button>
        )}
        <div className={classes.tools}>
          <Select
            aria-label="Colours by"
            size="xs"
            allowDeselect={false}
            value={aspect}
            data={ASPECTS.map((value) => ({ value, label: `By ${value}` }))}
            onChange={(value) => go({ color: value as Aspect, only: undefined })}
          />
          <Button
            variant="default"
            size="compact-sm"
            aria-pressed={search.view === 'list'}
            onClick={() => go({ view: search.view === 'list' ? undefined : 'list' })}
          >
            {search.view === 'list' ? 'As a map' : 'As a list'}
          </Button>
        </div>
      </div>
      {map.isPending && <Skeleton rows={12} label="Loading the map" />}
      {map.isError && <Problem of={map.error} onRetry={map.refetch} />}
      {map.isSuccess && map.data.boxes.length === 0 && (
        <Empty title="There is nothing to draw">Components, APIs and resources stand here as soon as there are some.</Empty>
      )}
      {map.isSuccess && map.data.boxes.length > 0 && (
        <>
          {map.data.level === 'system' && (
            <p className={classes.notice} role="status">
              {formatNumber(map.data.omitted.entities)} entities are too many for one sheet: the systems alone are drawn. Open one of them, or a
              domain, to see what is in it.
            </p>
          )}
          <div className={classes.body}>
            {search.view === 'list' ? (
              <div className={classes.words}>
                <MapList
                  map={map.data}
                  lit={
                    lit === undefined
                      ? undefined
                      : (ref) => paint.valueOf(map.data.entities.find((entity) => entity.ref === ref)!) === lit
                  }
                />
              </div>
            ) : (
              <MapDrawing
                map={map.data}
                paint={paint}
                lit={lit}
                selected={search.at}
                onSelect={(at) => go({ at }, true)}
                onEnter={(root) => go({ root, at: undefined })}
              />
            )}
            <aside className={classes.side} aria-label="Legend">
              {search.at && (
                <Selected map={map.data} at={search.at} root={search.root} onEnter={(root) => go({ root, at: undefined })} />
              )}
              {map.data.level === 'entity' && (
                <>
                  <h2>{capital(aspect)}</h2>
                  <ul className={classes.legend}>
                    {paint.legend.slice(0, LEGEND_MAX).map(({ value, label, hue, count }) => (
                      <li key={value}>
                        <button
                          type="button"
                          aria-pressed={lit === value}
                          onClick={() => go({ only: lit === value ? undefined : value || 'none' }, true)}
                        >
                          <span className={classes.hue} data-hue={hue} />
                          <span className="cb-line">{label}</span>
                          <span className="cb-quiet">{formatNumber(count)}</span>
                        </button>
                      </li>
                    ))}
                  </ul>
                  {paint.legend.length > LEGEND_MAX && (
                    <p className="cb-quiet">and {formatNumber(paint.legend.length - LEGEND_MAX)} more</p>
                  )}
                  <p className={classes.shapes}>Square: component. Circle: API. Diamond: resource. “!” has errors, “?” warnings.</p>
                </>
              )}
            </aside>
          </div>
        </>
      )}
    </div>
  );
}

interface SelectedProps {
  map: CatalogMap;
  at: string;
  root?: string;
  onEnter: (ref: string) => void;
}

function Selected({ map, at, root, onEnter }: SelectedProps) {
  const box = map.boxes.findIndex(({ ref }) => ref === at);
  const entity = map.entities.find(({ ref }) => ref === at);
  const of = box >= 0 ? map.boxes[box]! : entity;
  if (!of) return null;
  const roads = (end: 'from' | 'to') => map.roads.filter((road) => road[end] === box).reduce((sum, { relations }) => sum + relations, 0);
  return (
    <section className={classes.selected} aria-label="Selected">
      <p className={classes.title}>{box >= 0 ? nameOf(map.boxes[box]!) : (of.title ?? at.split('/').at(-1))}</p>
      <p>{of.missing ? <Pill tone="warn">not registered</Pill> : <EntityLink to={at} icon />}</p>
      {of.owner && (
        <p>
          owned by <EntityLink to={of.owner} context={{ kind: 'group' }} />
        </p>
      )}
      {box >= 0 && (
        <>
          <p>
            {counted(map.boxes[box]!.entities, 'entity', 'entities')} inside
            {map.boxes[box]!.kind !== 'Domain' && `, ${formatNumber(roads('from'))} relations out, ${formatNumber(roads('to'))} in`}
          </p>
          {at !== root && (
            <Button variant="default" size="compact-sm" onClick={() => onEnter(at)}>
              Only this
            </Button>
          )}
        </>
      )}
    </section>
  );
}
