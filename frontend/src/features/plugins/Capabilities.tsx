import type { Plugin } from '@/api/types';
import { Pill } from '@/ui/Pill';
import classes from './Capabilities.module.css';
import { say } from './messages';

/** The rows of a plugin's tables, as the server tells them. */
interface Row {
  name: string;
  title?: string;
  summary?: string;
  help?: string;
  panel?: string;
  right?: string;
  method?: string;
  annotations?: string[];
  kinds?: string[];
}

/** What a plugin has: panels and where they stand, what one may do, what it reads and answers. */
export function Capabilities({ plugin }: { plugin: Plugin }) {
  const groups = (
    [
      [say.panels, plugin.panels],
      [say.panelActions, plugin.panelActions],
      [say.sources, plugin.sources],
      [say.routes, plugin.routes],
      [say.actions, plugin.actions],
    ] as [string, Row[] | undefined][]
  ).filter(([, rows]) => rows && rows.length > 0) as [string, Row[]][];
  const total = groups.reduce((sum, [, rows]) => sum + rows.length, 0);
  if (total === 0) return null;
  return (
    <details className={classes.root}>
      <summary>{say.has(total)}</summary>
      {groups.map(([title, rows]) => (
        <section key={title} className={classes.group}>
          <h3>{title}</h3>
          <ul>
            {rows.map((row, i) => (
              <li key={i} className={classes.row}>
                <span dir="auto">
                  {row.method && <code>{row.method} </code>}
                  <b>{row.title ?? row.name}</b> {row.title && row.title !== row.name && <code>{row.name}</code>}
                </span>
                {row.panel && <span className="cb-quiet">{row.panel}</span>}
                {row.right && <Pill>{row.right}</Pill>}
                {[...(row.annotations ?? []), ...(row.kinds ?? [])].map((key) => (
                  <code key={key}>{key}</code>
                ))}
                {(row.summary ?? row.help) && (
                  <span className={classes.help} dir="auto">
                    {row.summary ?? row.help}
                  </span>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </details>
  );
}
