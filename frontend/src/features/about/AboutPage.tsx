import { useAbout } from '@/api/about';
import { formatAge, formatInstant } from '@/lib/format';
import { Note } from '@/ui/Note';
import { PageHeading } from '@/ui/PageHeading';
import { Skeleton } from '@/ui/Skeleton';
import { Trouble } from '@/ui/Trouble';
import classes from './AboutPage.module.css';
import { say } from './messages';

const PAPERS = [
  ['api', '/api/catalog/openapi.json'],
  ['metrics', '/metrics'],
  ['ready', '/readyz'],
] as const;

/** Which callboard this is: what somebody who reports a fault is asked first. */
export function AboutPage() {
  const about = useAbout();
  const { data } = about;
  const since = data?.uptimeSeconds === undefined ? undefined : new Date(about.dataUpdatedAt - data.uptimeSeconds * 1000).toISOString();

  return (
    <div className="cb-page">
      <PageHeading title={say.title} />
      {about.isPending && <Skeleton rows={4} label={say.loading} />}
      <Trouble of={about} />
      {data?.trouble && (
        <Note tone="bad" title={say.trouble}>
          {data.trouble}
        </Note>
      )}
      {data && (
        <dl className={`cb-card ${classes.facts}`}>
          <dt>{say.version}</dt>
          <dd>{data.version}</dd>
          {since && (
            <>
              <dt>{say.since}</dt>
              <dd title={formatInstant(since)}>{formatAge(since)}</dd>
            </>
          )}
          <dt>{say.generation}</dt>
          <dd>
            {say.count(data.generation)} <span className="cb-quiet">{say.generationHint}</span>
          </dd>
          <dt>{say.entities}</dt>
          <dd>{say.count(data.entities)}</dd>
        </dl>
      )}
      <h2>{say.papers}</h2>
      <ul className={classes.papers}>
        {PAPERS.map(([name, href]) => (
          <li key={name}>
            <a href={href}>{say[name]}</a> <code className="cb-quiet">{href}</code>
          </li>
        ))}
      </ul>
      <p className="cb-quiet">{say.licence}</p>
    </div>
  );
}
