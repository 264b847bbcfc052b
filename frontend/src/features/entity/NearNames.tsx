import { Link } from '@tanstack/react-router';
import { useNamesLike } from '@/api/entities';
import { nearest, nearTerms } from '@/lib/near';
import { refOf, type EntityRef } from '@/lib/ref';
import { Empty } from '@/ui/Empty';
import { EntityLink } from '@/ui/EntityLink';
import { Skeleton } from '@/ui/Skeleton';
import classes from './NearNames.module.css';

const OFFERED = 8;

/** What was perhaps meant by a name that is not in the catalog. */
export function NearNames({ entityRef }: { entityRef: EntityRef }) {
  const like = useNamesLike(nearTerms(entityRef.name), true);
  if (like.isPending && like.isFetching) return <Skeleton rows={3} label="Looking for names like it" />;
  const near = nearest(entityRef.name, like.data ?? [], (entity) => entity.metadata.name, OFFERED);
  return (
    <>
      <p>
        Nothing in the catalog is <code>{`${entityRef.kind}:${entityRef.namespace}/${entityRef.name}`}</code>. Its
        file may never have been read, or it has a mistake: look among the <Link to="/problems">problems</Link>.
      </p>
      {near.length === 0 && (
        <Empty title="No name is like it">
          <Link to="/catalog" search={{ q: entityRef.name }}>
            Look for it in the catalog
          </Link>
        </Empty>
      )}
      {near.length > 0 && (
        <section className={classes.near} aria-labelledby="near">
          <h2 id="near">Did you mean</h2>
          <ul>
            {near.map((entity) => (
              <li key={`${entity.kind}:${entity.metadata.namespace}/${entity.metadata.name}`}>
                <EntityLink to={refOf(entity)} context={{ kind: entityRef.kind, namespace: entityRef.namespace }} icon />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
