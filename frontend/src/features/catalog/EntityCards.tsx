import { PAGE_SIZE, usePages } from '@/api/entities';
import { usePreference } from '@/api/preferences';
import type { Entity } from '@/api/types';
import type { ColumnId } from '@/lib/catalog-search';
import { Problem } from '@/ui/Problem';
import { CARD_GAP_PX } from './columns';
import classes from './EntityCards.module.css';
import type { EntityListProps } from './EntityTable';
import { Fact } from './Fact';
import { say } from './messages';
import { PIXELS_MAX, useRows } from './rows';
import { Star, useStars, type Stars } from './Star';

/** As EntityCards.module.css draws them: a line, and what is around all of them. */
const LINE_PX = { comfortable: 25, compact: 22 };
const AROUND_PX = { comfortable: 26, compact: 18 };
const DESCRIPTION_LINES = { comfortable: 2, compact: 1 };
const OVERSCAN = 3;

/** What stands in a line together, below the name. */
const LINES: ColumnId[][] = [['kind', 'type', 'lifecycle'], ['health'], ['owner', 'system', 'namespace'], ['description'], ['tags']];

/** All entities of a query as cards, ABREAST beside each other: only those on the screen exist. */
export function EntityCards({ query, total, columns, abreast, isStale }: EntityListProps & { abreast: number }) {
  const [density] = usePreference('density');
  const stars = useStars();
  const lines = LINES.map((ids) => ids.filter((id) => columns.includes(id))).filter((ids) => ids.length > 0);
  const more = columns.includes('description') ? DESCRIPTION_LINES[density] - 1 : 0;
  const px = LINE_PX[density] * (1 + lines.length + more) + AROUND_PX[density];
  const wanted = Math.ceil(total / abreast);
  const count = Math.min(wanted, Math.floor(PIXELS_MAX / (px + CARD_GAP_PX)));
  const { scroller, height, items, setFocused } = useRows({
    query,
    count,
    px: px + CARD_GAP_PX,
    overscan: OVERSCAN,
    scrollId: 'catalog-cards',
  });
  const numbers = items.flatMap(({ index }) =>
    Array.from({ length: Math.min(abreast, total - index * abreast) }, (_, i) => index * abreast + i),
  );
  const pages = [...new Set(numbers.map((at) => Math.floor(at / PAGE_SIZE)))];
  const { byPage, error, retry } = usePages(query, pages);

  return (
    <>
      {error && <Problem of={error} onRetry={retry} />}
      {wanted > count && <p className="cb-quiet">{say.scrolled(count * abreast)}</p>}
      <div
        ref={scroller}
        className={classes.scroll}
        data-scroll-restoration-id="catalog-cards"
        data-stale={isStale}
        data-density={density}
        tabIndex={0}
        role="region"
        aria-label={say.entities}
      >
        <ul className={classes.body} style={{ height }} aria-label={say.entities} aria-busy={isStale}>
          {items.flatMap(({ index, start }) =>
            numbers
              .filter((at) => Math.floor(at / abreast) === index)
              .map((at) => (
                <li
                  key={at}
                  aria-setsize={total}
                  aria-posinset={at + 1}
                  className={classes.place}
                  style={{
                    height: px,
                    width: `calc((100% - ${(abreast - 1) * CARD_GAP_PX}px) / ${abreast})`,
                    transform: `translate(calc(${at % abreast} * (100% + ${CARD_GAP_PX}px)), ${start}px)`,
                  }}
                  onFocus={() => setFocused(index)}
                  onBlur={() => setFocused(undefined)}
                >
                  <Card lines={lines} stars={columns.includes('starred') ? stars : undefined} entity={byPage.get(Math.floor(at / PAGE_SIZE))?.[at % PAGE_SIZE]} />
                </li>
              )),
          )}
        </ul>
      </div>
    </>
  );
}

const NO_STARS: Stars = { has: () => false, toggle: () => undefined };

function Card({ lines, stars, entity }: { lines: ColumnId[][]; stars?: Stars; entity?: Entity }) {
  if (!entity) {
    return (
      <>
        <span className={classes.waiting} />
        <span className="cb-hidden">{say.loadingOne}</span>
      </>
    );
  }
  return (
    <>
      <div className={classes.name}>
        <Fact id="name" entity={entity} stars={NO_STARS} />
        {stars && (
          <span className={classes.star}>
            <Star entity={entity} stars={stars} />
          </span>
        )}
      </div>
      {lines.map((ids) => (
        <div key={ids.join()} className={ids.includes('description') ? classes.description : classes.line}>
          {ids.map((id) => (
            <span key={id} className={classes.fact}>
              <Fact id={id} entity={entity} stars={NO_STARS} />
            </span>
          ))}
        </div>
      ))}
    </>
  );
}
