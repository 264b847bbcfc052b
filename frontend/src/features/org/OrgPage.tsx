import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { useTree } from '@/api/tree';
import { Empty } from '@/ui/Empty';
import { say as ui } from '@/ui/messages';
import { PageHeading } from '@/ui/PageHeading';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import { Alone } from './Alone';
import { find, grow } from './grow';
import { say } from './messages';
import classes from './OrgPage.module.css';
import { PeopleFound } from './PeopleFound';
import { TreeTable } from './TreeTable';

export interface OrgSearch {
  text?: string;
  /** The node that is looked at: the way to it is open, and who is in it is listed. */
  of?: string;
}

/** A text is asked for when nobody types for that long. */
const QUIET_MS = 250;
/** Trees up to that size are open from the start. */
const OPEN_UP_TO = 40;

export function GroupsPage() {
  return <OrgPage of="groups" />;
}

export function SystemsPage() {
  return <OrgPage of="systems" />;
}

/** A company as a tree: its groups with their people and what they own, or its domains and systems with what is in them. */
function OrgPage({ of }: { of: 'groups' | 'systems' }) {
  const from = of === 'groups' ? '/groups' : '/systems';
  const search: OrgSearch = useSearch({ from });
  const navigate = useNavigate({ from });
  const change = (part: OrgSearch) => void navigate({ search: (before: OrgSearch) => ({ ...before, ...part }), replace: true, resetScroll: false });
  const tree = useTree(of);
  const grown = useMemo(() => grow(tree.data?.items ?? []), [tree.data]);
  const hits = useMemo(() => find(grown, search.text ?? ''), [grown, search.text]);
  const words = say[of];
  const { data } = tree;

  return (
    <div className="cb-page">
      <div className={classes.head}>
        <PageHeading title={ui.page[of]} />
        <p role="status" className="cb-quiet">
          {data && (of === 'groups' ? say.groups.count(data.totalItems, data.people ?? 0) : say.systems.count(data.totalItems))}
        </p>
      </div>
      {tree.isPending && <Skeleton rows={8} label={words.loading} />}
      <Trouble of={tree} />
      {data?.totalItems === 0 && <Empty title={words.none}>{words.noneHint}</Empty>}
      {data && data.totalItems > 0 && (
        <>
          <FindField key={of} label={words.find} text={search.text ?? ''} onText={(text) => change({ text: text || undefined })} />
          {hits?.own.size === 0 && <p className={`cb-quiet ${classes.noHit}`}>{words.noHit}</p>}
          <TreeTable key={of} of={of} grown={grown} hits={hits} chosen={search.of} onChoose={(ref) => change({ of: ref })} openAtFirst={data.items.length <= OPEN_UP_TO} />
          {data.omitted.behind > 0 && <p className="cb-quiet">{say.omitted(data.omitted.behind)}</p>}
        </>
      )}
      {of === 'groups' && search.text && <PeopleFound text={search.text} />}
      {data && !search.text && (
        <>
          {of === 'groups' && <Alone which="people" count={data.peopleAlone ?? 0} title={say.peopleAlone} hint={say.peopleAloneHint} />}
          <Alone which={of === 'groups' ? 'unowned' : 'parts'} count={Object.values(data.alone).reduce((sum, n) => sum + n, 0)} title={words.alone} hint={words.aloneHint} />
        </>
      )}
    </div>
  );
}

function FindField({ label, text, onText }: { label: string; text: string; onText: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => {
    if (typed.trim() === text) return;
    const timer = setTimeout(() => onText(typed.trim()), QUIET_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <input
      type="search"
      className={classes.find}
      aria-label={label}
      placeholder={label}
      value={typed}
      maxLength={200}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
}

