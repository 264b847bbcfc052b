import { useEffect, useRef, useState } from 'react';
import { usePanels } from '@/api/panels';
import type { Panel, PanelEntry } from '@/api/types';
import type { EntityRef } from '@/lib/ref';
import { Skeleton } from '@/ui/Skeleton';
import { say } from './messages';
import { PanelCard } from './PanelCard';
import classes from './PanelGrid.module.css';

/** Answers that come within this are drawn together, each as high as it is; who is later has a place kept. */
const PATIENCE_MS = 800;

/** The panels of one plugin, side by side where there is room. */
export function PanelGrid({ entityRef, entries, label }: { entityRef: EntityRef; entries: PanelEntry[]; label: string }) {
  const panels = usePanels(entityRef, entries);
  const [patient, setPatient] = useState(true);
  const ready = !patient || panels.every((panel) => !panel.isPending);

  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);

  // Once drawn, each keeps its width: what comes later must not move what is read.
  const narrow = useRef<boolean[]>(undefined);
  if (ready) narrow.current ??= pairs(panels.map(({ data }) => isNarrow(data)));

  if (!ready || !narrow.current) return <Skeleton rows={6} label={say.loading(label)} />;
  return (
    <div className={classes.grid}>
      {entries.map((entry, i) => (
        <PanelCard key={entry.href} entityRef={entityRef} entry={entry} panel={panels[i]!} narrow={narrow.current![i]} />
      ))}
    </div>
  );
}

// What reads well in half a page's width.
const NARROW = new Set(['status', 'keyvalues', 'links', 'text', 'timeline']);

function isNarrow(panel: Panel | undefined): boolean {
  return panel !== undefined && (!panel.data || NARROW.has(String(panel.data.type)));
}

// Two by two: one that would stand alone has the row for itself.
function pairs(narrow: boolean[]): boolean[] {
  const out = narrow.map(() => false);
  for (let i = 0; i + 1 < narrow.length; i++) {
    if (!narrow[i] || !narrow[i + 1]) continue;
    out[i] = out[i + 1] = true;
    i++;
  }
  return out;
}
