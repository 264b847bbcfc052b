import { lazy, Suspense } from 'react';
import type { TaskOutput } from '@/api/scaffold';
import { safeUrl } from '@/lib/url';
import { EntityLink } from '@/ui/EntityLink';
import { Icon } from '@/ui/Icon';
import { say } from './messages';
import classes from './Outputs.module.css';

const Markdown = lazy(() => import('@/ui/Markdown').then((m) => ({ default: m.Markdown })));

const list = <T,>(value: T[] | undefined): T[] => (Array.isArray(value) ? value : []);

/** What a run leads to. The template wrote it, so links are looked at before they are links. */
export function Outputs({ output }: { output?: TaskOutput }) {
  const links = list(output?.links);
  const texts = list(output?.text);
  if (links.length + texts.length === 0) return null;
  return (
    <section className={`cb-card ${classes.root}`} aria-labelledby="outputs">
      <h2 id="outputs">{say.task.output}</h2>
      <ul className={classes.links}>
        {links.map(({ title, url, entityRef }, i) => {
          const target = safeUrl(url);
          return (
            <li key={i}>
              {entityRef && <EntityLink to={entityRef} title={title ?? say.task.entity} icon />}
              {!entityRef && target && (
                <a href={target} rel="noreferrer">
                  {title ?? target} <Icon name="external" size={13} />
                </a>
              )}
              {!entityRef && !target && url && <code>{`${title ? `${title}: ` : ''}${url}`}</code>}
            </li>
          );
        })}
      </ul>
      {texts.map(({ title, content }, i) => (
        <div key={i}>
          {title && <h3>{title}</h3>}
          <Suspense fallback={content}>
            <Markdown text={String(content ?? '')} />
          </Suspense>
        </div>
      ))}
    </section>
  );
}
