import { Link } from '@tanstack/react-router';
import { useFacets } from '@/api/entities';
import { formatNumber } from '@/lib/format';
import { Empty } from '@/ui/Empty';
import { KindIcon } from '@/ui/KindIcon';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import classes from './HomePage.module.css';
import { say } from './messages';

/** How much of each kind there is: where to begin for whom nothing is one's own. */
export function Kinds() {
  const facets = useFacets(['kind'], []);
  const kinds = facets.data?.facets.kind ?? [];
  return (
    <section className="cb-card" aria-labelledby="kinds">
      <div className={classes.head}>
        <h2 id="kinds">{say.kinds}</h2>
      </div>
      {facets.isPending && <Skeleton rows={4} label={say.kindsLoading} />}
      <Trouble of={facets} />
      {facets.isSuccess && kinds.length === 0 && (
        <Empty title={say.empty}>
          {say.emptyHint} <Link to="/sources">{say.emptySources}</Link>
        </Empty>
      )}
      <ul className={classes.list}>
        {kinds.map(({ value, count }) => (
          <li key={value} className={classes.count}>
            <KindIcon kind={value} />
            <Link to="/catalog" search={{ kind: [value] }}>
              {value}
            </Link>
            <span className="cb-quiet">{formatNumber(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
