import { Link, useLocation } from '@tanstack/react-router';
import { Icon } from '@/ui/Icon';
import { say } from './messages';
import { addressOf, ALL_PAGES, PAGES } from './pages';
import classes from './Navigation.module.css';

// Of the pages that lead here the nearest: /create/tasks is no part of /create.
function longest(pathname: string): string | undefined {
  return ALL_PAGES.map(({ to }): string => to)
    .filter((to) => pathname === to || pathname.startsWith(`${to}/`))
    .sort((a, b) => b.length - a.length)[0];
}

/** Every page, by what one wants there; the one that is open is marked. */
export function Navigation({ open, onGone }: { open: boolean; onGone: () => void }) {
  const pathname = useLocation({ select: (location) => location.pathname });
  const isIn = (to: string) => (to === '/' ? pathname === '/' || pathname === '/home' : to === longest(pathname));
  return (
    <nav aria-label={say.pages} className={classes.nav} data-open={open}>
      {PAGES.map((group, at) => (
        <div key={at} className={classes.group}>
          <p className={classes.label} id={`nav-${at}`}>
            {group.label}
          </p>
          <ul aria-labelledby={`nav-${at}`}>
            {group.pages.map((page) => (
              <li key={page.to}>
                <Link
                  to={addressOf(page.to)}
                  className={classes.page}
                  activeProps={{}}
                  activeOptions={{ exact: true }}
                  aria-current={isIn(page.to) ? 'page' : undefined}
                  onClick={onGone}
                >
                  <Icon name={page.icon} size={17} />
                  {page.label}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
