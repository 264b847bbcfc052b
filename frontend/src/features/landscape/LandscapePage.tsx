import '@/ui/choices.css';
import { Button, Select } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useMap } from '@/api/graph';
import type { CatalogMap } from '@/api/types';
import { formatNumber } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { PageHeading } from '@/ui/PageHeading';
import { Pill } from '@/ui/Pill';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import './hues.css';
import classes from './LandscapePage.module.css';
import { MapDrawing, nameOf } from './MapDrawing';
import { MapList } from './MapList';
import { say } from './messages';
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
        <PageHeading title={say.title} />
        <p className="cb-quiet" role="status">
          {map.data && say.count(map.data.totalItems, map.data.boxes.filter(({ kind }) => kind === 'System').length)}
        </p>
        {search.root && (
          <Button variant="default" size="compact-sm" onClick={() => go({ root: undefined, at: undefined, only: undefined })}>
            {say.whole}
          </Button>
        )}
        <div className={classes.tools}>
          <Select
            aria-label={say.coloursBy}
            size="xs"
            allowDeselect={false}
            value={aspect}
            data={ASPECTS.map((value) => ({ value, label: say.by[value] }))}
            onChange={(value) => go({ color: value as Aspect, only: undefined })}
          />
          <Button
            variant="default"
            size="compact-sm"
            aria-pressed={search.view === 'list'}
            onClick={() => go({ view: search.view === 'list' ? undefined : 'list' })}
          >
            {search.view === 'list' ? say.asMap : say.asList}
          </Button>
        </div>
      </div>
      {map.isPending && <Skeleton rows={12} label={say.loading} />}
      <Trouble of={map} />
      {map.data?.boxes.length === 0 && (
        <Empty title={say.none}>{say.noneHint}</Empty>
      )}
      {map.data && map.data.boxes.length > 0 && (
        <>
          {map.data.level === 'system' && (
            <p className={classes.notice} role="status">
              {say.tooMany(map.data.omitted.entities)}
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
            <aside className={classes.side} aria-label={say.legend}>
              {search.at && (
                <Selected map={map.data} at={search.at} root={search.root} onEnter={(root) => go({ root, at: undefined })} />
              )}
              {map.data.level === 'entity' && (
                <>
                  <h2>{say.aspect[aspect]}</h2>
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
                    <p className="cb-quiet">{say.more(paint.legend.length - LEGEND_MAX)}</p>
                  )}
                  <p className={classes.shapes}>{say.shapes}</p>
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
    <section className={classes.selected} aria-label={say.selected}>
      <p className={classes.title}>{box >= 0 ? nameOf(map.boxes[box]!) : (of.title ?? at.split('/').at(-1))}</p>
      <p>{of.missing ? <Pill tone="warn">{say.missing}</Pill> : <EntityLink to={at} icon />}</p>
      {of.owner && (
        <p>
          {say.owner} <EntityLink to={of.owner} context={{ kind: 'group' }} />
        </p>
      )}
      {box >= 0 && (
        <>
          <p>
            {say.inside(map.boxes[box]!.entities)}
            {map.boxes[box]!.kind !== 'Domain' && `, ${say.roads(roads('from'), roads('to'))}`}
          </p>
          {at !== root && (
            <Button variant="default" size="compact-sm" onClick={() => onEnter(at)}>
              {say.enter}
            </Button>
          )}
        </>
      )}
    </section>
  );
}
