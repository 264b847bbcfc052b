import { useLocation, useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { useEffect, useState, type ReactNode } from 'react';
import { usePreference } from '@/api/preferences';
import { useSearchFor } from '@/api/search';
import { useShortcut } from '@/api/shortcuts';
import { readRecent, refOfPath } from '@/lib/recent';
import { formatRef, shortRef, type EntityRef } from '@/lib/ref';
import { Dialog } from '@/ui/Dialog';
import { Icon, type IconName } from '@/ui/Icon';
import { KindIcon } from '@/ui/KindIcon';
import { say } from './messages';
import { addressOf, ALL_PAGES } from './pages';
import classes from './Palette.module.css';

/** Long enough to type on, short enough not to wait. */
const PAUSE_MS = 120;
const FOUND_MAX = 8;

/** One box for all: an entity, a page, something to do. Arrows choose, Enter goes, Esc leaves. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const term = useLater(text.trim());
  const found = useSearchFor({ term, limit: FOUND_MAX });
  const navigate = useNavigate();
  const [, setTheme] = usePreference('theme');
  const here = refOfPath(useLocation({ select: (location) => location.pathname }));
  const [recent] = useState(readRecent);
  // A page is kept under its name, without that of the site.
  const shortcut = useShortcut(useLocation({ select: (location) => location.href }), document.title.replace(/ · [^·]*$/, ''));
  const [isToggled, setToggled] = useState(false);

  const then = (does: () => void) => () => {
    onClose();
    does();
  };
  const toEntity = (ref: EntityRef, tab?: string) =>
    then(() => {
      const params = { namespace: ref.namespace, kind: ref.kind.toLowerCase(), name: ref.name, tab };
      void navigate({ to: '/catalog/$namespace/$kind/$name/{-$tab}', params });
    });
  const has = (words: string) => words.toLowerCase().includes(text.trim().toLowerCase());

  const entities = term ? (found.data?.results ?? []) : [];

  // What comes first is chosen, whenever something new came.
  const [chosen, setChosen] = useState('');
  const first = entities[0]?.document.location;
  useEffect(() => {
    if (first) setChosen(first);
  }, [first, term]);
  const pages = ALL_PAGES.filter(({ label, words }) => has(`${label} ${words ?? ''}`));
  const hereActions = here
    ? [
        { label: say.palette.dependencies, icon: 'component' as IconName, run: toEntity(here, 'dependencies') },
        { label: 'YAML', icon: 'template' as IconName, run: toEntity(here, 'source') },
        { label: say.palette.copyRef, icon: 'copy' as IconName, run: then(() => void navigator.clipboard?.writeText(formatRef(here))) },
      ].filter(({ label }) => has(`${label} ${here.name}`))
    : [];
  const keep = shortcut.isOn ? say.palette.forget : say.palette.keep;
  const looks = (
    [
      [say.palette.light, 'sun', 'light'],
      [say.palette.dark, 'moon', 'dark'],
      [say.palette.auto, 'screen', 'auto'],
    ] as const
  ).filter(([label]) => text.trim() !== '' && has(label));

  return (
    <Dialog title={say.find} onClose={onClose} bare>
      <Command label={say.find} shouldFilter={false} loop value={chosen} onValueChange={setChosen} className={classes.palette}>
        <div className={classes.ask}>
          <Icon name="search" size={18} />
          <Command.Input
            data-first
            value={text}
            onValueChange={setText}
            maxLength={100}
            placeholder={say.palette.placeholder}
            className={classes.input}
          />
          <kbd aria-hidden="true">Esc</kbd>
        </div>
        <Command.List label={say.palette.suggestions} className={classes.list}>
          {found.isError && term && (
            <p role="alert" className={classes.note}>
              {say.palette.failed(found.error.message)}
            </p>
          )}
          {text.trim() !== '' && (
            <Group heading={say.palette.entities}>
              {entities.map(({ document }) => {
                const ref = refOfPath(document.location);
                if (!ref) return null;
                return (
                  <Item key={document.location} id={document.location} onSelect={toEntity(ref)}>
                    <KindIcon kind={ref.kind} />
                    <span className="cb-line">{document.title}</span>
                    <span className={classes.aside}>
                      {[document.kind ?? ref.kind, document.type].filter(Boolean).join(' · ')}
                    </span>
                  </Item>
                );
              })}
              <Item
                id="search"
                onSelect={then(() => void navigate({ to: '/search', search: { q: text.trim() } }))}
              >
                <Icon name="search" />
                <span className="cb-line">
                  {say.palette.search} <b>{text.trim()}</b>
                </span>
              </Item>
            </Group>
          )}
          {text.trim() === '' && recent.length > 0 && (
            <Group heading={say.palette.recent}>
              {recent.slice(0, FOUND_MAX).map((ref) => (
                <Item key={formatRef(ref)} id={formatRef(ref)} onSelect={toEntity(ref)}>
                  <KindIcon kind={ref.kind} />
                  <span className="cb-line">{shortRef(ref)}</span>
                  <span className={classes.aside}>{ref.kind}</span>
                </Item>
              ))}
            </Group>
          )}
          {here && hereActions.length > 0 && (
            <Group heading={here.name}>
              {hereActions.map(({ label, icon, run }) => (
                <Item key={label} id={`here ${label}`} onSelect={run}>
                  <Icon name={icon} />
                  {label}
                </Item>
              ))}
            </Group>
          )}
          {pages.length > 0 && (
            <Group heading={say.palette.pages}>
              {pages.map(({ to, label, icon, key }) => (
                <Item key={to} id={`page ${to}`} onSelect={then(() => void navigate({ to: addressOf(to) }))}>
                  <Icon name={icon} />
                  {label}
                  <kbd className={classes.aside}>g {key}</kbd>
                </Item>
              ))}
            </Group>
          )}
          {has(keep) && (shortcut.isOn || !shortcut.isFull) && (
            <Group heading={say.palette.thisPage}>
              <Item
                id="shortcut"
                onSelect={() => {
                  shortcut.toggle();
                  setToggled(true);
                }}
              >
                <Icon name={shortcut.isOn ? 'close' : 'star'} />
                {keep}
              </Item>
            </Group>
          )}
          {looks.length > 0 && (
            <Group heading={say.palette.looks}>
              {looks.map(([label, icon, scheme]) => (
                <Item key={label} id={label} onSelect={then(() => setTheme(scheme))}>
                  <Icon name={icon} />
                  {label}
                </Item>
              ))}
            </Group>
          )}
        </Command.List>
        <p role="status" className="cb-hidden">
          {isToggled && (shortcut.isOn ? say.palette.kept : say.palette.forgotten)}
          {term && found.isSuccess && !found.isPlaceholderData && say.palette.found(entities.length)}
        </p>
      </Command>
    </Dialog>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group heading={heading} className={classes.group}>
      {children}
    </Command.Group>
  );
}

function Item({ id, onSelect, children }: { id: string; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item value={id} onSelect={onSelect} className={classes.item}>
      {children}
    </Command.Item>
  );
}

function useLater(value: string): string {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return late;
}
