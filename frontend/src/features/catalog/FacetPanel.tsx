import { useId, useState } from 'react';
import { useFacets, type Scope } from '@/api/entities';
import type { Facets } from '@/api/types';
import { FACETS, filterOf, isFilterable, type CatalogSearch, type FacetId } from '@/lib/catalog-search';
import { formatNumber } from '@/lib/format';
import { parseRef, shortRef } from '@/lib/ref';
import { KindIcon } from '@/ui/KindIcon';
import classes from './FacetPanel.module.css';
import { say } from './messages';

type Value = { value: string; count: number };

const KEYS = FACETS.map(({ key }) => key);

/** Values shown before someone asks for more, and the most that are shown at all. */
const VALUES_FIRST = 8;
/** So few more are shown at once: a button would take their room. */
const VALUES_SPARE = 2;
const VALUES_MAX = 300;
/** From so many values on, there is a box to find one in. */
const VALUES_BOX = 16;

/** A value as its reader knows it. */
export function valueLabel(id: FacetId, value: string): string {
  if (id === 'health') return value in say.health ? say.health[value as keyof typeof say.health] : value;
  if (id !== 'owner' && id !== 'system') return value;
  const ref = parseRef(value);
  return ref ? shortRef(ref, { kind: id === 'owner' ? 'group' : 'system' }) : value;
}

export interface FacetPanelProps {
  facets: Facets['facets'];
  search: CatalogSearch;
  /** Of whose entities FACETS is. */
  scope?: Scope;
  text: string;
  onToggle: (id: FacetId, value: string) => void;
}

/** Every facet with its values and how many entities have them. */
export function FacetPanel({ facets, search, scope, text, onToggle }: FacetPanelProps) {
  return (
    <>
      {text && <p className={classes.note}>{say.textNotCounted(text)}</p>}
      {FACETS.map((facet) => (
        <FacetGroup
          key={facet.id}
          facet={facet}
          found={offered(facet.id, facets[facet.key] ?? [])}
          search={search}
          scope={scope}
          onToggle={(value) => onToggle(facet.id, value)}
        />
      ))}
    </>
  );
}

// "part of" also leads from a component to a component, and from a system to its domain.
function offered(id: FacetId, values: Value[]): Value[] {
  return id === 'system' ? values.filter(({ value }) => value.startsWith('system:')) : values;
}

interface FacetGroupProps {
  facet: (typeof FACETS)[number];
  found: Value[];
  search: CatalogSearch;
  scope?: Scope;
  onToggle: (value: string) => void;
}

function FacetGroup({ facet, found, search, scope, onToggle }: FacetGroupProps) {
  const heading = useId();
  const label = say.facet[facet.id];
  const chosen = search[facet.id] ?? [];
  const [all, setAll] = useState(false);
  const [wanted, setWanted] = useState('');
  const [others, setOthers] = useState(false);

  // Once a value is chosen, the counts of the others need a question without it. It is asked on
  // demand; mostly the answer is still there from before the choice.
  const before = useFacets(KEYS, filterOf(search, facet.id), { ...scope, enabled: others && chosen.length > 0, hold: false });
  const rest = chosen.length > 0 ? before.data?.facets[facet.key] : undefined;
  const some = withChosen(rest ? offered(facet.id, rest) : found, found, chosen, !!rest);
  const values = facet.id === 'health' ? byHealth(some) : sorted(some);

  if (values.length === 0) return null;
  if (facet.id === 'namespace' && values.length < 2 && chosen.length === 0) return null;

  const match = wanted.trim().toLowerCase();
  const matching = match ? values.filter((v) => valueLabel(facet.id, v.value).toLowerCase().includes(match)) : values;
  const first = values.length <= VALUES_FIRST + VALUES_SPARE ? values.length : VALUES_FIRST;
  const shown = matching.slice(0, all || match ? VALUES_MAX : first);
  const hidden = matching.length - shown.length;

  return (
    <section className={classes.group} aria-labelledby={heading}>
      <h2 id={heading} className={classes.heading}>
        {label}
      </h2>
      {all && values.length >= VALUES_BOX && (
        <input
          type="search"
          className={classes.box}
          aria-label={say.findValue(label)}
          placeholder={say.find}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
        />
      )}
      <ul className={all ? classes.long : undefined}>
        {shown.map(({ value, count }) => (
          <li key={value}>
            <label className={classes.value} title={value}>
              <input
                type="checkbox"
                checked={chosen.includes(value)}
                disabled={!isFilterable(value) && !chosen.includes(value)}
                onChange={() => onToggle(value)}
              />
              {facet.id === 'kind' && <KindIcon kind={value} />}
              <span className="cb-line">{valueLabel(facet.id, value)}</span>
              <span className={classes.count}>{formatNumber(count)}</span>
            </label>
          </li>
        ))}
      </ul>
      {hidden > 0 && !all && (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>
          {say.more(hidden)}
        </button>
      )}
      {hidden > 0 && all && <p className={classes.note}>{say.moreByName(hidden)}</p>}
      {all && (
        <button
          type="button"
          className={classes.more}
          onClick={() => {
            setAll(false);
            setWanted('');
          }}
        >
          {say.fewer}
        </button>
      )}
      {chosen.length > 0 && !rest && (
        <button type="button" className={classes.more} disabled={others && before.isFetching} onClick={() => setOthers(true)}>
          {before.isError ? say.othersFailed : say.others(label)}
        </button>
      )}
    </section>
  );
}

// What is chosen is always shown, also when no entity has it.
function withChosen(values: Value[], found: Value[], chosen: string[], complete: boolean): Value[] {
  const base = chosen.length > 0 && !complete ? values.filter(({ value }) => isIn(chosen, value)) : values;
  const missing = chosen.filter((value) => !base.some((v) => v.value === value));
  return [
    ...base.filter((v) => !missing.some((m) => m.toLowerCase() === v.value.toLowerCase())),
    ...missing.map((value) => ({
      value,
      count: found.find((v) => v.value.toLowerCase() === value.toLowerCase())?.count ?? 0,
    })),
  ];
}

function isIn(list: string[], value: string): boolean {
  return list.some((one) => one.toLowerCase() === value.toLowerCase());
}

function sorted(values: Value[]): Value[] {
  return [...values].sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
}

// What is well, then what is wrong with the others, the parts below their whole.
function byHealth(values: Value[]): Value[] {
  const order = Object.keys(say.health);
  return [...values].sort((a, b) => order.indexOf(a.value) - order.indexOf(b.value));
}
