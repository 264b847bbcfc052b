import { readLocal } from '@/lib/local-settings';
import { BUCKET, readPreference } from '@/lib/preferences';
import type { IconName } from '@/ui/Icon';
import { say as ui } from '@/ui/messages';
import { say } from './messages';

export interface Page {
  to: '/' | '/catalog' | '/landscape' | '/groups' | '/systems' | '/search' | '/create' | '/create/tasks' | '/register' | '/problems' | '/sources' | '/plugins' | '/tokens' | '/preferences' | '/about';
  label: string;
  icon: IconName;
  /** After "g". */
  key: string;
  /** Other words by which the palette finds it. */
  words?: string;
}

type Name = keyof typeof ui.page;

// What a page is called is asked for when it is drawn: the language may have changed.
function page(to: Page['to'], name: Name, icon: IconName, key: string): Page {
  return {
    to,
    icon,
    key,
    get label() {
      return ui.page[name];
    },
    get words() {
      return say.pageWords[name];
    },
  };
}

function group(name: keyof typeof say.group, pages: Page[]): { label: string; pages: Page[] } {
  return {
    pages,
    get label() {
      return say.group[name];
    },
  };
}

/**
 * What the navigation, the palette and the keys lead to. A page of its own is a row here, its name in messages.ts,
 * and a row in the router.
 */
export const PAGES: { label: string; pages: Page[] }[] = [
  group('browse', [
    page('/', 'home', 'home', 'h'),
    page('/catalog', 'catalog', 'component', 'c'),
    page('/landscape', 'landscape', 'map', 'm'),
    page('/groups', 'groups', 'group', 'u'),
    page('/systems', 'systems', 'system', 'd'),
  ]),
  group('build', [page('/create', 'create', 'template', 'n'), page('/create/tasks', 'runs', 'refresh', 't'), page('/register', 'register', 'location', 'r')]),
  group('operate', [
    page('/problems', 'problems', 'warning', 'p'),
    page('/sources', 'sources', 'location', 'o'),
    page('/plugins', 'plugins', 'plug', 'l'),
    page('/tokens', 'tokens', 'user', 'a'),
  ]),
  group('yours', [page('/preferences', 'preferences', 'contrast', ','), page('/about', 'about', 'info', 'b')]),
];

/** Where a page's links lead: the bare address is another page's for who starts elsewhere. */
export function addressOf(to: Page['to']): Page['to'] | '/home' {
  const start = readPreference('start', readLocal(BUCKET, 'start')?.value);
  return to === '/' && start && start !== 'home' ? '/home' : to;
}

/** Those of the navigation, and the search, which has its place in the bar. */
export const ALL_PAGES = [...PAGES.flatMap(({ pages }) => pages), page('/search', 'search', 'search', 's')];
