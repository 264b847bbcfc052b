import { Link } from '@tanstack/react-router';
import type { PanelList } from '@/api/types';
import classes from './CouldShow.module.css';
import { labelOf } from './groups';
import { say } from './messages';

/** What plugins would show here if the entity's file said so, and plugins that cannot say anything now. */
export function CouldShow({ list }: { list: PanelList }) {
  const could = list.panels.filter(({ applies, help }) => !applies && help);
  if (could.length === 0 && list.problems.length === 0) return null;
  return (
    <section className={`cb-card ${classes.card}`}>
      <h2>{say.plugins}</h2>
      {list.problems.length > 0 && (
        <ul>
          {list.problems.map(({ plugin, state, message }) => (
            <li key={plugin} className={classes.problem} dir="auto">
              <b>{plugin}</b> {say.pluginState[state]}: {message}
            </li>
          ))}
        </ul>
      )}
      {could.length > 0 && (
        <details>
          <summary>{say.couldShow(could.length)}</summary>
          <dl className={classes.list}>
            {could.map(({ plugin, panel, title, help }) => (
              <div key={`${plugin}/${panel}`}>
                <dt>
                  {title} <span className="cb-quiet">{labelOf(plugin, [])}</span>
                </dt>
                <dd dir="auto">{help}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      <Link to="/plugins">{say.allPlugins}</Link>
    </section>
  );
}
