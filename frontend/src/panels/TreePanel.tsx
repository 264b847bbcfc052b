import { useMemo, useState } from 'react';
import { Icon } from '@/ui/Icon';
import { Pill } from '@/ui/Pill';
import type { TreeNode } from './data';
import { say } from './messages';
import { More, useMore } from './More';
import { NoItems } from './NoItems';
import { PanelLink } from './PanelLink';
import { StateMark } from './StateMark';
import { branchesOf, type Branch } from './tree';
import classes from './TreePanel.module.css';

/** Levels that are open at first; deeper ones, and branches with more than this below them, open on demand. */
const OPEN_LEVELS = 2;
const OPEN_BELOW = 40;

/** Levels that are drawn as such: deeper ones stand at the last level's place. */
const INDENT_MAX = 8;

/** What something is made of, and what that is made of. */
export function TreePanel({ data }: { data: { nodes: TreeNode[] } }) {
  const branches = useMemo(() => branchesOf(data.nodes), [data.nodes]);
  if (branches.length === 0) return <NoItems />;
  return <Level branches={branches} level={0} />;
}

function Level({ branches, level }: { branches: Branch[]; level: number }) {
  const more = useMore(branches, 30, 500);
  return (
    <>
      <ul className={level > 0 && level < INDENT_MAX ? classes.inner : classes.list}>
        {more.shown.map((branch) => (
          <Twig key={branch.node.id} branch={branch} level={level} />
        ))}
      </ul>
      <More {...more} />
    </>
  );
}

function Twig({ branch, level }: { branch: Branch; level: number }) {
  const { node, branches, below } = branch;
  const [open, setOpen] = useState(level < OPEN_LEVELS && below <= OPEN_BELOW);
  return (
    <li>
      <div className={classes.row}>
        {branches.length > 0 ? (
          <button type="button" className={classes.toggle} aria-expanded={open} aria-label={node.title} onClick={() => setOpen(!open)}>
            <Icon name={open ? 'open' : 'shut'} size={14} />
          </button>
        ) : (
          <span className={classes.toggle} />
        )}
        {node.state && <StateMark state={node.state} bare />}
        {node.kind && <Pill>{node.kind}</Pill>}
        <span className={classes.title} dir="auto" title={node.title}>
          <PanelLink url={node.url}>{node.title}</PanelLink>
        </span>
        {!open && below > 0 && <span className={classes.below}>{say.under(below)}</span>}
        {node.text && (
          <span className={classes.text} dir="auto" title={node.text}>
            {node.text}
          </span>
        )}
      </div>
      {open && branches.length > 0 && <Level branches={branches} level={level + 1} />}
    </li>
  );
}
