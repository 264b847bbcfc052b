import { Link, useSearch } from '@tanstack/react-router';
import { say as ui } from '@/ui/messages';
import { PageHeading } from '@/ui/PageHeading';
import { LooseEnds } from './LooseEnds';
import { say } from './messages';
import { SourceList } from './SourceList';
import { WhyNotHere } from './WhyNotHere';
import classes from './SourcesPage.module.css';

const VIEWS = [
  [undefined, 'sources'],
  ['loose', 'loose'],
] as const;

/** How reading goes: every repository and file the catalog is read from, what hangs loose in it, and why something is not here. */
export function SourcesPage() {
  const { view } = useSearch({ from: '/sources' });
  return (
    <div className="cb-page">
      <div className={classes.head}>
        <PageHeading title={ui.page.sources} />
      </div>
      <WhyNotHere />
      <nav aria-label={say.views} className={classes.views}>
        {VIEWS.map(([id, name]) => (
          <Link key={name} from="/sources" to="/sources" search={(before) => ({ ...before, view: id, page: undefined })} resetScroll={false} activeOptions={{ exact: true, explicitUndefined: true }} className={classes.view} aria-current={view === id ? 'page' : undefined}>
            {say.view[name]}
          </Link>
        ))}
      </nav>
      <section aria-label={say.view[view ?? 'sources']}>{view === 'loose' ? <LooseEnds /> : <SourceList />}</section>
    </div>
  );
}
