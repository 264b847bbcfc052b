import { useId, useState } from 'react';
import { useAlone, type Alone as Which } from '@/api/tree';
import { PlainButton } from '@/ui/PlainButton';
import { Skeleton } from '@/ui/Skeleton';
import { EntityPages } from './EntityPages';
import { say } from './messages';
import classes from './OrgPage.module.css';

/** What stands in no tree: how many, and which when that is asked. */
export function Alone({ which, count, title, hint }: { which: Which; count: number; title: (n: number) => string; hint: string }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  if (count === 0) return null;
  return (
    <section className={`cb-card ${classes.alone}`} aria-labelledby={id}>
      <div className={classes.head}>
        <h2 id={id}>{title(count)}</h2>
        <PlainButton aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? say.hide : say.show}
        </PlainButton>
      </div>
      <p className="cb-quiet">{hint}</p>
      {open && <List which={which} label={title(count)} />}
    </section>
  );
}

function List({ which, label }: { which: Which; label: string }) {
  const alone = useAlone(which);
  return (
    <>
      {alone.isPending && <Skeleton rows={3} label={say.listLoading} />}
      <EntityPages of={alone} none="" label={label} />
    </>
  );
}
