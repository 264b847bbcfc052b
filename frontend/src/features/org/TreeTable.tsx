import { Link } from '@tanstack/react-router';
import { Fragment, useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { formatNumber } from '@/lib/format';
import { byKind, kindName } from '@/lib/kinds';
import { EntityLink } from '@/ui/EntityLink';
import { Icon } from '@/ui/Icon';
import { KindIcon } from '@/ui/KindIcon';
import { Pill } from '@/ui/Pill';
import { PlainButton } from '@/ui/PlainButton';
import { Table } from '@/ui/Table';
import { rowsOf, titleOf, type Branch, type Grown, type Hits, type Row } from './grow';
import { Members } from './Members';
import { say } from './messages';
import classes from './OrgPage.module.css';

/** Rows in the document at most, and how many more a press adds. */
export const ROWS_SHOWN = 200;

const TONES = { ok: 'good', warning: 'warn', error: 'bad' } as const;

export interface TreeTableProps {
  of: 'groups' | 'systems';
  grown: Grown;
  hits?: Hits;
  chosen?: string;
  onChoose: (ref: string | undefined) => void;
  openAtFirst: boolean;
}

/** The tree, row by row. The arrow keys go along it: right opens, left closes or goes up. */
export function TreeTable({ of, grown, hits, chosen, onChoose, openAtFirst }: TreeTableProps) {
  // What was opened or shut by hand; the rest is as it began.
  const [turned, setTurned] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [base, setBase] = useState(openAtFirst);
  const [shown, setShown] = useState(ROWS_SHOWN);
  const onWay = useMemo(() => {
    const way = new Set<string>();
    for (let up = chosen ? grown.places.get(chosen)?.parent : undefined; up && !way.has(up.item.ref); up = up.parent) way.add(up.item.ref);
    return way;
  }, [grown, chosen]);
  const isOpen = ({ item: { ref } }: Branch) => turned.get(ref) ?? (base || onWay.has(ref) || (hits?.under.has(ref) ?? false));
  const rows = rowsOf(grown.roots, isOpen, hits);
  const turn = (ref: string, open: boolean) => setTurned((before) => new Map(before).set(ref, open));
  const turnAll = (open: boolean) => {
    setTurned(new Map());
    setBase(open);
  };
  const words = say[of];
  const body = useRef<HTMLTableSectionElement>(null);
  const wanted = chosen ? rows.findIndex(({ branch }) => !branch.again && branch.item.ref === chosen) : -1;
  const limit = Math.max(shown, wanted + 1);

  useEffect(() => {
    if (chosen) body.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  if (rows.length === 0) return null;
  return (
    <>
      <p className={classes.turns}>
        <PlainButton onClick={() => turnAll(true)}>{say.openAll}</PlainButton>
        <PlainButton onClick={() => turnAll(false)}>{say.shutAll}</PlainButton>
      </p>
      <Table label={words.table} look="roomy" className={`cb-card ${classes.table}`} role="treegrid">
        <thead>
          <tr>
            <th scope="col">{words.name}</th>
            <th scope="col">{say.type}</th>
            <th scope="col">{of === 'groups' ? say.people : say.owner}</th>
            <th scope="col">{words.has}</th>
            <th scope="col">{say.health}</th>
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={along}>
          {rows.slice(0, limit).map((row, i) => {
            const { ref } = row.branch.item;
            const selected = !row.branch.again && ref === chosen;
            return (
              <Fragment key={`${ref} ${row.branch.again ? i : ''}`}>
                <TreeRow of={of} row={row} selected={selected} onTurn={() => turn(ref, !row.open)} onChoose={() => onChoose(selected ? undefined : ref)} />
                {selected && of === 'groups' && (
                  <tr aria-level={row.level + 1}>
                    <td colSpan={5}>
                      <Members group={ref} title={titleOf(row.branch.item)} count={row.branch.item.people ?? 0} />
                    </td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </Table>
      {rows.length > limit && <PlainButton onClick={() => setShown(limit + ROWS_SHOWN)}>{say.rowsMore(rows.length - limit)}</PlainButton>}
    </>
  );
}

interface TreeRowProps {
  of: 'groups' | 'systems';
  row: Row;
  selected: boolean;
  onTurn: () => void;
  onChoose: () => void;
}

function TreeRow({ of, row: { branch, level, open }, selected, onTurn, onChoose }: TreeRowProps) {
  const { item, again, ring } = branch;
  const name = titleOf(item);
  const opens = !again && branch.children.length > 0;
  return (
    <tr aria-level={level} aria-expanded={opens ? open : undefined} aria-selected={selected}>
      <td>
        <span className={classes.name} style={{ paddingInlineStart: `${Math.min(level - 1, 12) * 22}px` }}>
          {opens ? (
            <button type="button" className={classes.turn} data-turn aria-label={open ? say.shut(name) : say.open(name)} onClick={onTurn}>
              <Icon name={open ? 'open' : 'shut'} size={14} />
            </button>
          ) : (
            <span className={classes.turn} />
          )}
          <KindIcon kind={item.kind} />
          <EntityLink to={item.ref} title={name} />
          {again && <Pill title={say.againHint}>{say.again}</Pill>}
          {ring && (
            <Pill tone="warn" title={say.ringHint}>
              {say.ring}
            </Pill>
          )}
          {item.missing && <Pill tone="warn">{say.missing}</Pill>}
        </span>
      </td>
      <td>{item.type}</td>
      <td>{of === 'groups' ? <People branch={branch} selected={selected} onChoose={onChoose} /> : item.owner && <EntityLink to={item.owner} context={{ kind: 'group' }} />}</td>
      <td>{!again && <Has of={of} branch={branch} />}</td>
      <td>{!item.missing && <Pill tone={TONES[item.healthBelow]}>{say.worst[item.healthBelow]}</Pill>}</td>
    </tr>
  );
}

function People({ branch: { item, again }, selected, onChoose }: { branch: Branch; selected: boolean; onChoose: () => void }) {
  const { people = 0, peopleBelow = 0 } = item;
  if (again || item.missing) return null;
  return (
    <span className={classes.people}>
      <button type="button" className={classes.count} aria-expanded={selected} aria-label={say.peopleIn(people, titleOf(item))} onClick={onChoose}>
        {formatNumber(people)}
      </button>
      {peopleBelow > people && <span className="cb-quiet">{say.peopleBelow(peopleBelow)}</span>}
    </span>
  );
}

// What it has itself, each kind a way into the catalog that finds exactly so many; then how much stands below.
function Has({ of, branch: { item } }: { of: 'groups' | 'systems'; branch: Branch }) {
  const kinds = Object.entries(item.has).sort(([a], [b]) => byKind(a, b));
  const own = kinds.reduce((sum, [, n]) => sum + n, 0);
  const below = Object.values(item.below).reduce((sum, n) => sum + n, 0) - own;
  const words = say[of];
  return (
    <span className={classes.has}>
      {kinds.map(([kind, n]) =>
        kind === 'other' ? (
          <span key={kind}>{words.owns(n, kind)}</span>
        ) : (
          <Link
            key={kind}
            to="/catalog"
            search={of === 'groups' ? { owner: [item.ref], kind: [kindName(kind)] } : { system: [item.ref], kind: [kindName(kind)] }}
            title={words.owns(n, kindName(kind))}
            aria-label={words.owns(n, kindName(kind))}
          >
            <KindIcon kind={kind} size={14} /> {formatNumber(n)}
          </Link>
        ),
      )}
      {below > 0 && <span className="cb-quiet">{words.below(below)}</span>}
      {own === 0 && below <= 0 && <span className="cb-quiet">{words.nothing}</span>}
    </span>
  );
}

/** The arrow keys: up and down along the rows, right to open, left to close or to the row above. */
function along(event: KeyboardEvent<HTMLTableSectionElement>) {
  const row = (event.target as HTMLElement).closest('tr');
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLTableRowElement>(':scope > tr[aria-level]')];
  const at = rows.indexOf(row);
  const level = Number(row.ariaLevel);
  const press = (open: boolean) => {
    const turn = row.ariaExpanded === String(!open) && row.querySelector<HTMLButtonElement>('[data-turn]');
    if (turn) turn.click();
    return !!turn;
  };
  const go = (to: HTMLTableRowElement | undefined) => to?.querySelector<HTMLElement>('a, button')?.focus();
  if (event.key === 'ArrowDown') go(rows[at + 1]);
  else if (event.key === 'ArrowUp') go(rows[at - 1]);
  else if (event.key === 'ArrowRight') {
    if (!press(true) && row.ariaExpanded === 'true') go(rows[at + 1]);
  } else if (event.key === 'ArrowLeft') {
    if (!press(false)) go(rows.slice(0, at).findLast((one) => Number(one.ariaLevel) < level));
  } else return;
  event.preventDefault();
}
