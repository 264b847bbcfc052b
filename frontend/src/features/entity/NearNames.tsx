import { Link } from '@tanstack/react-router';
import { useNamesLike } from '@/api/entities';
import { nearest, nearTerms } from '@/lib/near';
import { formatRef, refOf, type EntityRef } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { Skeleton } from '@/ui/Skeleton';
import { say } from './messages';
import classes from './NearNames.module.css';

const OFFERED = 8;

/** What was perhaps meant by a name that is not in the catalog. */
export function NearNames({ entityRef }: { entityRef: EntityRef }) {
  const like = useNamesLike(nearTerms(entityRef.name), true);
  if (like.isPending && like.isFetching) return <Skeleton rows={3} label={say.near.loading} />;
  const ref = formatRef(entityRef);
  const near = nearest(entityRef.name, like.data ?? [], (entity) => entity.metadata.name, OFFERED);
  return (
    <>
      <p>{say.near.nothing(ref)}</p>
      <p className={classes.ways}>
        <Link to="/sources" search={{ explain: ref }}>
          {say.near.why}
        </Link>
        <Link to="/problems">{say.near.problems}</Link>
      </p>
      {near.length === 0 && (
        <Empty title={say.near.none}>
          <Link to="/catalog" search={{ q: entityRef.name }}>
            {say.near.look}
          </Link>
        </Empty>
      )}
      {near.length > 0 && (
        <section className={classes.near} aria-labelledby="near">
          <h2 id="near">{say.near.meant}</h2>
          <ul>
            {near.map((entity) => (
              <li key={formatRef(refOf(entity))}>
                <EntityLink to={refOf(entity)} context={{ kind: entityRef.kind, namespace: entityRef.namespace }} icon />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
