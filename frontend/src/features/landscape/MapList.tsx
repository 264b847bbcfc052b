import type { CatalogMap } from '@/api/types';
import { formatNumber } from '@/lib/format';
import { EntityLink } from '@/ui/EntityLink';
import { Pill } from '@/ui/Pill';
import classes from './LandscapePage.module.css';
import { nameOf } from './MapDrawing';
import { say } from './messages';

/** The map in words: boxes in boxes, each with what it holds. */
export function MapList({ map, lit }: { map: CatalogMap; lit?: (ref: string) => boolean }) {
  return <Boxes map={map} parent={null} lit={lit} />;
}

function Boxes({ map, parent, lit }: { map: CatalogMap; parent: number | null; lit?: (ref: string) => boolean }) {
  const inside = map.boxes.map((box, i) => ({ box, i })).filter(({ box }) => box.parent === parent);
  if (inside.length === 0) return null;
  return (
    <ul className={classes.boxes}>
      {inside.map(({ box, i }) => {
        const entities = map.entities.filter((entity) => entity.box === i && (lit?.(entity.ref) ?? true));
        return (
          <li key={box.ref ?? 'none'}>
            <details open={parent === null}>
              <summary>
                <b>{nameOf(box)}</b> <span className="cb-quiet">{formatNumber(box.entities)}</span>
                {box.missing && <Pill tone="warn">{say.missing}</Pill>}
              </summary>
              {box.ref !== null && !box.missing && (
                <p>
                  <EntityLink to={box.ref} icon />
                </p>
              )}
              <ul className={classes.entities}>
                {entities.map((entity) => (
                  <li key={entity.ref}>
                    <EntityLink to={entity.ref} title={entity.title} icon />
                    {entity.health !== 'ok' && (
                      <Pill tone={entity.health === 'error' ? 'bad' : 'warn'}>{say.health[entity.health]}</Pill>
                    )}
                  </li>
                ))}
              </ul>
              <Boxes map={map} parent={i} lit={lit} />
            </details>
          </li>
        );
      })}
    </ul>
  );
}
