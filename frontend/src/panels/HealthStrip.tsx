import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, type ReactNode } from 'react';
import { usePanels } from '@/api/panels';
import type { Panel, PanelEntry } from '@/api/types';
import type { EntityRef } from '@/lib/ref';
import { Icon } from '@/ui/Icon';
import type { PanelData } from './data';
import { ON_CALL, type PanelGroup } from './groups';
import { healthOf } from './health';
import classes from './HealthStrip.module.css';
import { mayTellHealth, remember } from './kinds-seen';
import { say } from './messages';
import { StateMark } from './StateMark';

export interface HealthStripProps {
  entityRef: EntityRef;
  groups: PanelGroup[];
  /** The tab that shows a plugin's panels. */
  tabOf: (plugin: string) => string;
}

/** Is it healthy, and who is on call: a line a plugin, with the worst that its panels say. */
export function HealthStrip({ entityRef, groups, tabOf }: HealthStripProps) {
  // Fixed while the page stands, so that learning a panel's type does not change what is asked.
  const asked = useMemo(() => groups.flatMap(({ entries }) => entries.filter(mayTellHealth)), [groups]);
  const panels = usePanels(entityRef, asked);
  const answers = new Map<PanelEntry, Panel | undefined>(asked.map((entry, i) => [entry, panels[i]?.data]));
  const pending = new Set(asked.filter((_, i) => panels[i]?.isPending));

  useEffect(() => remember([...answers.values()].filter((panel) => panel !== undefined)));

  const onCall = asked.find(({ panel }) => panel === ON_CALL);
  const duty = onCall && answers.get(onCall);
  return (
    <ul className={classes.strip} aria-label={say.health}>
      {groups.map(({ plugin, label, entries }) => {
        const own = entries.filter((entry) => answers.has(entry) && entry.panel !== ON_CALL);
        const here = own.map((entry) => answers.get(entry)).filter((panel) => panel !== undefined);
        const { state, text, stale } = healthOf(here);
        const waiting = own.some((entry) => pending.has(entry));
        return (
          <li key={plugin} className={classes.chip}>
            <TabLink tab={tabOf(plugin)} title={text}>
              <b>{label}</b>{' '}
              {here.length === 0 ? (
                <span className={classes.quiet}>{waiting ? say.asking : say.noHealth}</span>
              ) : (
                <>
                  {state && <StateMark state={state} />}
                  <span className={classes.text} dir="auto">
                    {stale && `${say.old} · `}
                    {text}
                  </span>
                </>
              )}
            </TabLink>
          </li>
        );
      })}
      {onCall && (
        <li className={classes.chip}>
          <TabLink tab={tabOf(onCall.plugin)}>
            <Icon name="user" size={14} /> <b>{say.onCall}</b>{' '}
            <span className={classes.text} dir="auto">
              {dutyText(duty, pending.has(onCall))}
            </span>
          </TabLink>
        </li>
      )}
    </ul>
  );
}

function TabLink({ tab, title, children }: { tab: string; title?: string; children: ReactNode }) {
  return (
    <Link
      from="/catalog/$namespace/$kind/$name/{-$tab}"
      to="/catalog/$namespace/$kind/$name/{-$tab}"
      params={(before) => ({ ...before, tab })}
      resetScroll={false}
      className={classes.link}
      title={title}
    >
      {children}
    </Link>
  );
}

function dutyText(panel: Panel | undefined, waiting: boolean): string {
  if (!panel) return waiting ? say.asking : say.state.unknown;
  if (panel.error && !panel.data) return panel.error.message;
  const summary = (panel.data as PanelData | null)?.summary;
  return `${panel.stale ? `${say.old} · ` : ''}${summary ?? say.nobody}`;
}
