import { ActionIcon } from '@mantine/core';
import { memo, useEffect, useMemo, useRef, useState, type PointerEvent, type ReactNode } from 'react';
import type { CatalogMap, MapBox, MapEntity } from '@/api/types';
import { parseRef } from '@/lib/ref';
import { Icon } from '@/ui/Icon';
import classes from './MapDrawing.module.css';
import { say } from './messages';
import type { Paint } from './paint';
import { fit, pan, zoom, type View } from './view';

/** Of a tile's place: so much is left free around it. */
const TILE_GAP = 0.35;
const LABEL_SIZE = 2.4;
/** How wide a letter is of its height, about. */
const LETTER = 0.64;
const DRAG_PX = 4;
const KEY_STEP = 0.15;

export interface MapDrawingProps {
  map: CatalogMap;
  paint: Paint;
  /** Only what has this value is drawn in full. */
  lit?: string;
  selected?: string;
  onSelect: (ref: string | undefined) => void;
  onEnter: (ref: string) => void;
}

/** The map as a picture to move about in. The list beside it says the same in words, so readers are not led in here. */
export function MapDrawing({ map, paint, lit, selected, onSelect, onEnter }: MapDrawingProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [aspect, setAspect] = useState(1.6);
  const [view, setView] = useState<View>();
  const whole = map as View;
  const drag = useRef<{ x: number; y: number; view: View; moved: boolean }>(undefined);

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      if (width > 0 && height > 0) setAspect(width / height);
    });
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);
  useEffect(() => setView(undefined), [map, aspect]);

  const shown = view ?? fit(whole, aspect);
  const zoomBy = (factor: number, at = { x: 0.5, y: 0.5 }) => setView(zoom(shown, factor, at, whole));

  // React listens to wheels passively; this one must keep the page from scrolling.
  const turn = useRef<(event: WheelEvent) => void>(undefined);
  turn.current = (event) => {
    event.preventDefault();
    const box = frame.current!.getBoundingClientRect();
    zoomBy(Math.exp(Math.sign(event.deltaY) * 0.18), {
      x: (event.clientX - box.left) / box.width,
      y: (event.clientY - box.top) / box.height,
    });
  };
  useEffect(() => {
    const element = frame.current!;
    const listen = (event: WheelEvent) => turn.current?.(event);
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  }, []);

  const onDown = (event: PointerEvent) => {
    if (event.button === 0) drag.current = { x: event.clientX, y: event.clientY, view: shown, moved: false };
  };
  const onMove = (event: PointerEvent) => {
    const d = drag.current;
    if (!d) return;
    const box = frame.current!.getBoundingClientRect();
    const [dx, dy] = [event.clientX - d.x, event.clientY - d.y];
    if (!d.moved && Math.hypot(dx, dy) < DRAG_PX) return;
    if (!d.moved) frame.current!.setPointerCapture(event.pointerId);
    d.moved = true;
    setView(pan(d.view, -dx / box.width, -dy / box.height, whole));
  };
  const onUp = (event: PointerEvent) => {
    const moved = drag.current?.moved;
    drag.current = undefined;
    if (moved) return;
    const target = (event.target as Element).closest('[data-ref]');
    onSelect(target?.getAttribute('data-ref') ?? undefined);
  };

  const place = map.boxes.findIndex(({ ref }) => ref !== null && ref === selected);
  return (
    <div className={classes.root}>
      <div
        ref={frame}
        className={classes.frame}
        tabIndex={0}
        role="group"
        aria-label={say.map}
        onPointerDown={onDown}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerCancel={() => (drag.current = undefined)}
        onDoubleClick={(event) => {
          const ref = (event.target as Element).closest('[data-box]')?.getAttribute('data-ref');
          if (ref) onEnter(ref);
        }}
        onKeyDown={(event) => {
          const move: Record<string, () => void> = {
            ArrowLeft: () => setView(pan(shown, -KEY_STEP, 0, whole)),
            ArrowRight: () => setView(pan(shown, KEY_STEP, 0, whole)),
            ArrowUp: () => setView(pan(shown, 0, -KEY_STEP, whole)),
            ArrowDown: () => setView(pan(shown, 0, KEY_STEP, whole)),
            '+': () => zoomBy(0.7),
            '-': () => zoomBy(1.4),
            '0': () => setView(undefined),
          };
          if (!move[event.key] || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          move[event.key]!();
        }}
      >
        <svg aria-hidden="true" viewBox={`${shown.x} ${shown.y} ${shown.width} ${shown.height}`} className={classes.svg}>
          <Ground map={map} paint={paint} lit={lit} />
          {place >= 0 && <Roads map={map} place={place} />}
          <Mark map={map} selected={selected} />
        </svg>
      </div>
      <div className={classes.buttons}>
        <Tool label={say.nearer} onClick={() => zoomBy(0.7)}>
          +
        </Tool>
        <Tool label={say.further} onClick={() => zoomBy(1.4)}>
          −
        </Tool>
        <Tool label={say.all} onClick={() => setView(undefined)}>
          <Icon name="screen" size={15} />
        </Tool>
      </div>
    </div>
  );
}

function Tool({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <ActionIcon variant="default" size={32} aria-label={label} title={label} onClick={onClick}>
      {children}
    </ActionIcon>
  );
}

// What does not change while one moves about.
const Ground = memo(function Ground({ map, paint, lit }: { map: CatalogMap; paint: Paint; lit?: string }) {
  const tile = map.tile - 2 * TILE_GAP;
  return (
    <>
      {map.boxes.map((box, i) => (
        <Box key={box.ref ?? i} box={box} counted={map.level === 'system'} />
      ))}
      {map.entities.map((entity) => (
        <g
          key={entity.ref}
          data-ref={entity.ref}
          className={classes.tile}
          data-hue={paint.hueOf(entity)}
          data-dim={lit !== undefined && paint.valueOf(entity) !== lit}
          transform={`translate(${entity.x + TILE_GAP} ${entity.y + TILE_GAP})`}
        >
          <title>{tooltip(entity)}</title>
          <Shape kind={entity.kind} size={tile} />
          {entity.health !== 'ok' && (
            <text x={tile / 2} y={tile * 0.76} className={classes.sign}>
              {entity.health === 'error' ? '!' : '?'}
            </text>
          )}
        </g>
      ))}
    </>
  );
});

// Kinds differ by shape, so that colour is free for what one looks for.
function Shape({ kind, size }: { kind: string; size: number }) {
  const half = size / 2;
  if (kind.toLowerCase() === 'api') return <circle cx={half} cy={half} r={half} />;
  if (kind.toLowerCase() === 'resource') return <path d={`M${half} 0L${size} ${half} ${half} ${size} 0 ${half}Z`} />;
  return <rect width={size} height={size} rx={0.7} />;
}

function Box({ box, counted }: { box: MapBox; counted: boolean }) {
  const letters = Math.floor((box.width - 3) / (LABEL_SIZE * LETTER));
  const name = nameOf(box);
  const label = counted ? `${name} · ${box.entities}` : name;
  return (
    <g data-box data-ref={box.ref ?? undefined} className={classes.box} data-kind={box.kind.toLowerCase()} data-missing={box.missing}>
      <title>{box.missing ? say.boxMissing(name, box.entities) : say.box(name, box.entities)}</title>
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={1.2} />
      <text x={box.x + 1.6} y={box.y + LABEL_SIZE + 1} fontSize={LABEL_SIZE}>
        {label.length > letters ? `${label.slice(0, Math.max(letters - 1, 1))}…` : label}
      </text>
    </g>
  );
}

export function nameOf(box: MapBox): string {
  if (box.ref === null) return say.noSystem;
  return box.title ?? parseRef(box.ref)?.name ?? box.ref;
}

function tooltip(entity: MapEntity): string {
  const facts = [entity.kind, entity.type, entity.lifecycle, entity.owner && say.ownedBy(entity.owner.split('/').at(-1)!)];
  const health = entity.health === 'ok' ? '' : say.has[entity.health];
  return [`${entity.title ?? entity.ref.split('/').at(-1)}`, facts.filter(Boolean).join(' · '), health].filter(Boolean).join('\n');
}

function Roads({ map, place }: { map: CatalogMap; place: number }) {
  const inside = useMemo(() => {
    const own = new Set([place]);
    map.boxes.forEach((box, i) => box.parent !== null && own.has(box.parent) && own.add(i));
    return own;
  }, [map, place]);
  const middle = (i: number) => {
    const box = map.boxes[i]!;
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  return (
    <>
      {map.roads
        .filter(({ from, to }) => inside.has(from) !== inside.has(to))
        .map(({ from, to, relations }) => {
          const [a, b] = [middle(from), middle(to)];
          return (
            <line
              key={`${from} ${to}`}
              className={classes.road}
              data-out={inside.has(from)}
              x1={a.x}
              y1={a.y}
              x2={b.x}
              y2={b.y}
              strokeWidth={0.4 + Math.log2(1 + relations) / 4}
            />
          );
        })}
    </>
  );
}

function Mark({ map, selected }: { map: CatalogMap; selected?: string }) {
  const box = map.boxes.find(({ ref }) => ref !== null && ref === selected);
  const entity = box ? undefined : map.entities.find(({ ref }) => ref === selected);
  const at = box ?? (entity && { x: entity.x, y: entity.y, width: map.tile, height: map.tile });
  return at ? <rect className={classes.mark} x={at.x} y={at.y} width={at.width} height={at.height} rx={1} /> : null;
}
