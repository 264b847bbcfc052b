import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { usePreference } from '@/api/preferences';
import { useSession } from '@/api/session';
import { ApiError } from '@/lib/client';
import { noteRecent, refOfPath } from '@/lib/recent';
import { Icon } from '@/ui/Icon';
import brand from '@/ui/icon.svg';
import { FilterBox } from './FilterBox';
import { say } from './messages';
import { Navigation } from './Navigation';
import { SchemeSwitch } from './SchemeSwitch';
import { Who } from './Who';
import { useSpoken } from './spoken';
import { useShortcuts } from './shortcuts';
import classes from './Shell.module.css';

// What pages stand in is fetched beside the page that opens.
const kit = import('./Kit');
const Kit = lazy(() => kit.then((m) => ({ default: m.Kit })));
const KeyList = lazy(() => import('./KeyList').then((m) => ({ default: m.KeyList })));
const Palette = lazy(() => import('./Palette').then((m) => ({ default: m.Palette })));
const SignIn = lazy(() => import('./SignIn').then((m) => ({ default: m.SignIn })));

/** What stands around every page; all of it is said anew when another language is spoken. */
export function Shell() {
  return <Frame key={useSpoken()} />;
}

function Frame() {
  const [open, setOpen] = useState<'keys' | 'sign-in' | 'palette' | undefined>();
  const [menu, setMenu] = useState(false);
  const session = useSession();
  useShortcuts({ onHelp: () => setOpen('keys'), onFind: () => setOpen('palette') });
  const pathname = useLocation({ select: (location) => location.pathname });
  useEffect(() => {
    const ref = refOfPath(pathname);
    if (ref) noteRecent(ref);
  }, [pathname]);
  // What goes with the person is remembered here for the next first paint.
  usePreference('contrast');
  usePreference('density');
  usePreference('motion');
  usePreference('start');
  const shut = session.error instanceof ApiError && session.error.status === 401;
  const close = () => setOpen(undefined);

  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#main">
        {say.skip}
      </a>
      <header className={classes.bar}>
        <button
          type="button"
          className={classes.menu}
          aria-label={say.pages}
          aria-expanded={menu}
          onClick={() => setMenu(!menu)}
        >
          <Icon name="menu" size={20} />
        </button>
        <Link to="/" className={classes.brand}>
          <img src={brand} alt="callboard" width={26} height={26} />
          <span className={classes.name} aria-hidden="true">
            callboard
          </span>
        </Link>
        <FilterBox />
        <div className={classes.tools}>
          <button
            type="button"
            className={classes.find}
            aria-keyshortcuts="Control+K Meta+K"
            title={say.findHint}
            onClick={() => setOpen('palette')}
          >
            <Icon name="search" size={16} />
            <span className="cb-hidden">{say.find}</span>
            <kbd>{say.key.findKeys}</kbd>
          </button>
          <SchemeSwitch />
          <button
            type="button"
            className={classes.tool}
            aria-label={say.keys}
            title={say.keysHint}
            onClick={() => setOpen('keys')}
          >
            <Icon name="keyboard" size={18} />
          </button>
          <Who onSignIn={() => setOpen('sign-in')} />
        </div>
      </header>
      <div className={classes.body}>
        <Navigation open={menu} onGone={() => setMenu(false)} />
        <main id="main" tabIndex={-1} className={classes.main}>
          <Suspense>
            <Kit>
              {shut ? (
                <Suspense>
                  <SignIn asPage />
                </Suspense>
              ) : (
                <Outlet />
              )}
              <Suspense>
                {open === 'palette' && <Palette onClose={close} />}
                {open === 'keys' && <KeyList onClose={close} />}
                {open === 'sign-in' && <SignIn onClose={close} />}
              </Suspense>
            </Kit>
          </Suspense>
        </main>
      </div>
    </div>
  );
}
