import { useHistory } from '@/api/history';
import type { EntityRef } from '@/lib/ref';
import classes from './History.module.css';
import { History } from './History';
import { say } from './messages';

/** What became of an entity that is not there any more; nothing where there never was one. */
export function Gone({ entityRef }: { entityRef: EntityRef }) {
  const history = useHistory(entityRef);
  if (!history.data?.pages[0]?.items.length) return null;
  return (
    <section className={classes.gone} aria-labelledby="gone">
      <h2 id="gone">{say.history.gone}</h2>
      <p className="cb-quiet">{say.history.goneHint}</p>
      <History entityRef={entityRef} />
    </section>
  );
}
