import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { IMPACT_PAGE, impactCsv, useImpact } from '@/api/impact';
import type { Impact } from '@/api/types';
import type { EntitySearch } from '@/lib/entity-search';
import { words } from '@/lib/format';
import { parseRef, shortRef, type EntityRef } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { Icon } from '@/ui/Icon';
import { Note } from '@/ui/Note';
import { Pill } from '@/ui/Pill';
import { PlainButton } from '@/ui/PlainButton';
import { Skeleton } from '@/ui/Skeleton';
import { Table } from '@/ui/Table';
import { Trouble } from '@/ui/Trouble';
import { Choice } from './Choice';
import classes from './ImpactView.module.css';
import { say } from './messages';

const ROUTE = '/catalog/$namespace/$kind/$name/{-$tab}';

/** Groups told of each sort; the file has all of them. */
const GROUPS_MAX = 12;

const short = (ref: string) => {
  const parsed = parseRef(ref);
  return parsed ? shortRef(parsed) : ref;
};

/** Who breaks if this breaks, or what it needs: how many, how far, whose, and each of them. */
export function ImpactView({ entityRef }: { entityRef: EntityRef }) {
  const { direction: chosen, owner, kind, page = 1 } = useSearch({ from: ROUTE });
  const direction = chosen === 'out' ? 'out' : 'in';
  const navigate = useNavigate({ from: ROUTE });
  const change = (part: EntitySearch) => void navigate({ search: (before) => ({ ...before, page: undefined, ...part }), replace: true, resetScroll: false });
  const question = { direction, owner, kind } as const;
  const impact = useImpact(entityRef, question, page);
  const data = impact.data;

  return (
    <div className={`cb-card ${classes.card}`}>
      <div className={classes.top}>
        <Choice
          label={say.impact.question}
          values={(['in', 'out'] as const).map((value) => ({ value, label: say.impact.questions[value] }))}
          chosen={direction}
          onChoose={(value) => change({ direction: value === 'out' ? 'out' : undefined, owner: undefined, kind: undefined })}
        />
        {!!data?.totalItems && (
          <a className={classes.csv} href={impactCsv(entityRef, question)} download={`impact-${entityRef.name}.csv`} title={say.impact.csvHint}>
            <Icon name="down" size={14} /> {say.impact.csv}
          </a>
        )}
      </div>
      {impact.isPending && <Skeleton rows={8} label={say.impact.loading} />}
      <Trouble of={impact} />
      {(owner ?? kind) && (
        <p className={classes.filters}>
          {owner && <Pill>{say.impact.onlyOwner(short(owner))}</Pill>}
          {kind && <Pill>{say.impact.onlyKind(kind)}</Pill>}
          <PlainButton onClick={() => change({ owner: undefined, kind: undefined })}>{say.impact.clear}</PlainButton>
        </p>
      )}
      {data && data.totalItems === 0 && <Empty title={say.impact.none[direction]}>{say.impact.noneHint}</Empty>}
      {data && data.totalItems > 0 && (
        <>
          <div role="status">
            <h2 className={classes.total}>{say.impact.total[direction](data.totalItems, data.owners.length)}</h2>
            <p className="cb-quiet">{say.impact.along(data.relations.map(words).join(', '))}</p>
          </div>
          {data.omitted.furtherHops && <Note tone="info" title={say.impact.further} />}
          <Counts data={data} />
          <List data={data} context={entityRef} />
          <Pages page={page} total={data.totalItems} onPage={(to) => change({ page: to > 1 ? to : undefined })} />
        </>
      )}
    </div>
  );
}

function Counts({ data }: { data: Impact }) {
  const owners = data.owners.map(({ ref, entities }) => ({ name: short(ref), title: ref, entities, search: { owner: ref } }));
  if (data.withoutOwner > 0) owners.push({ name: say.impact.nobody, title: '', entities: data.withoutOwner, search: { owner: '' } });
  const systems = data.systems.map(({ ref, entities }) => ({ name: short(ref), title: ref, entities }));
  if (data.withoutSystem > 0) systems.push({ name: say.impact.noSystem, title: '', entities: data.withoutSystem });
  return (
    <div className={classes.groups}>
      <Group title={say.impact.hops} rows={data.hops.map(({ hop, entities }) => ({ name: say.impact.hop(hop), entities }))} />
      <Group title={say.impact.owners} rows={owners} />
      <Group title={say.impact.systems} rows={systems} />
      <Group title={say.impact.kinds} rows={data.kinds.map(({ kind, entities }) => ({ name: kind, entities, search: { kind: kind.toLowerCase() } }))} />
    </div>
  );
}

interface GroupRow {
  name: string;
  title?: string;
  entities: number;
  /** What in the address leaves only these. */
  search?: EntitySearch;
}

// Numbers first; the bar only shows at a glance what they say.
function Group({ title, rows }: { title: string; rows: GroupRow[] }) {
  const most = Math.max(...rows.map(({ entities }) => entities), 1);
  return (
    <section className={classes.group} aria-label={title}>
      <h3>{title}</h3>
      <ul>
        {rows.slice(0, GROUPS_MAX).map(({ name, title: full, entities, search }) => (
          <li key={name} className={classes.row}>
            <span className="cb-line" title={full || name} dir="auto">
              {search?.owner || search?.kind ? (
                <Link from={ROUTE} to={ROUTE} params={(before) => before} search={(before: EntitySearch) => ({ ...before, page: undefined, ...search })} resetScroll={false} replace>
                  {name}
                </Link>
              ) : (
                name
              )}
            </span>
            <meter className={classes.bar} min={0} max={most} value={entities} aria-hidden="true" />
            <span className={classes.number}>{entities}</span>
          </li>
        ))}
      </ul>
      {rows.length > GROUPS_MAX && <p className="cb-quiet">{say.impact.moreGroups(rows.length - GROUPS_MAX)}</p>}
    </section>
  );
}

function List({ data, context }: { data: Impact; context: EntityRef }) {
  // What an entity is reached by is another one of the list, or the one that breaks.
  const titles = new Map([data.root, ...data.items].map(({ ref, title }) => [ref, title]));
  const link = (ref: string | undefined, kind?: string) => ref && <EntityLink to={ref} context={{ kind: kind ?? parseRef(ref)?.kind, namespace: context.namespace }} title={titles.get(ref)} icon />;
  return (
    <Table label={say.impact.list}>
      <thead>
        <tr>
          <th scope="col">{say.impact.steps}</th>
          <th scope="col">{say.impact.entity}</th>
          <th scope="col">{say.impact.owner}</th>
          <th scope="col">{say.impact.system}</th>
          <th scope="col">{say.impact.via}</th>
        </tr>
      </thead>
      <tbody>
        {data.items.map((item) => (
          <tr key={item.ref}>
            <td>{item.hop}</td>
            <td>
              <EntityLink to={item.ref} context={{ kind: parseRef(item.ref)?.kind, namespace: context.namespace }} title={item.title} missing={item.missing} icon />
            </td>
            <td>{link(item.owner, 'group') ?? <span className="cb-quiet">{say.impact.nobody}</span>}</td>
            <td>{link(item.system, 'system')}</td>
            <td>
              <span className={classes.via}>
                <span className="cb-quiet">{words(item.relation)}</span> {link(item.via)}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function Pages({ page, total, onPage }: { page: number; total: number; onPage: (page: number) => void }) {
  if (total <= IMPACT_PAGE) return null;
  const from = (page - 1) * IMPACT_PAGE + 1;
  const to = Math.min(page * IMPACT_PAGE, total);
  return (
    <p className={classes.pages}>
      <PlainButton disabled={page <= 1} onClick={() => onPage(page - 1)}>
        {say.impact.previous}
      </PlainButton>
      <span role="status">{say.impact.page(from, to, total)}</span>
      <PlainButton disabled={to >= total} onClick={() => onPage(page + 1)}>
        {say.impact.next}
      </PlainButton>
    </p>
  );
}
