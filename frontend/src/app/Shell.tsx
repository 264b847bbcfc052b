import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useSession } from '@/api/session';
import { ApiError } from '@/lib/client';
import { Icon } from '@/ui/Icon';
import brand from '@/ui/icon.svg';
import { FilterBox } from './FilterBox';
import { SchemeSwitch } from './SchemeSwitch';
import { Who } from './Who';
import { useShortcuts } from './shortcuts';
import classes from './Shell.module.css';

const KeyList = lazy(() => import('./KeyList').then((m) => ({ default: m.KeyList })));
const SignIn = lazy(() => import('./SignIn').then((m) => ({ default: m.SignIn })));

const PAGES = [
  { to: '/catalog', label: 'Catalog' },
  { to: '/problems', label: 'Problems' },
  { to: '/sources', label: 'Sources' },
  { to: '/plugins', label: 'Plugins' },
] as const;

/** What stands around every page. */
export function Shell() {
  const [open, setOpen] = useState<'keys' | 'sign-in' | undefined>();
  const session = useSession();
  useShortcuts({ onHelp: () => setOpen('keys') });
  const pathname = useLocation({ select: (location) => location.pathname });
  const isIn = (to: string) => pathname.startsWith(to) || (pathname === '/' && to === '/catalog');
  const shut = session.error instanceof ApiError && session.error.status === 401;
  const close = () => setOpen(undefined);

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        Skip to the content
      </a>
      <header className={classes.bar}>
        <Link to="/" className={classes.brand}>
          <img src={brand} alt="callboard" width={26} height={26} />
          <span className={classes.name} aria-hidden="true">
            callboard
          </span>
        </Link>
        <nav aria-label="Pages" className={classes.nav}>
          {PAGES.map(({ to, label }) => (
            <Link
              key={to}
              to={to}
              className={classes.tab}
              activeProps={{}}
              aria-current={isIn(to) ? 'page' : undefined}
            >
              {label}
            </Link>
          ))}
        </nav>
        <FilterBox />
        <div className={classes.tools}>
          <SchemeSwitch />
          <button
            type="button"
            className={classes.tool}
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts (?)"
            onClick={() => setOpen('keys')}
          >
            <Icon name="keyboard" size={18} />
          </button>
          <Who onSignIn={() => setOpen('sign-in')} />
        </div>
      </header>
      <main id="main" tabIndex={-1} className={classes.main}>
        {shut ? (
          <Suspense>
            <SignIn asPage />
          </Suspense>
        ) : (
          <Outlet />
        )}
      </main>
      <Suspense>
        {open === 'keys' && <KeyList onClose={close} />}
        {open === 'sign-in' && <SignIn onClose={close} />}
      </Suspense>
    </div>
  );
}
