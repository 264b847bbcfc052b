import type { IconName } from '@/ui/Icon';

export interface Page {
  to: '/' | '/catalog' | '/landscape' | '/create' | '/create/tasks' | '/problems' | '/sources' | '/plugins';
  label: string;
  icon: IconName;
  /** After "g". */
  key: string;
  /** Other words by which the palette finds it. */
  words?: string;
}

/** What the navigation, the palette and the keys lead to. A page of its own is a row here and one in the router. */
export const PAGES: { label: string; pages: Page[] }[] = [
  {
    label: 'Browse',
    pages: [
      { to: '/', label: 'Home', icon: 'home', key: 'h', words: 'mine start' },
      { to: '/catalog', label: 'Catalog', icon: 'component', key: 'c', words: 'entities components list' },
      { to: '/landscape', label: 'Landscape', icon: 'map', key: 'm', words: 'map domains systems' },
    ],
  },
  {
    label: 'Build',
    pages: [
      { to: '/create', label: 'Create', icon: 'template', key: 'n', words: 'new templates scaffolder' },
      { to: '/create/tasks', label: 'Runs', icon: 'refresh', key: 't', words: 'tasks jobs' },
    ],
  },
  {
    label: 'Operate',
    pages: [
      { to: '/problems', label: 'Problems', icon: 'warning', key: 'p', words: 'errors broken' },
      { to: '/sources', label: 'Sources', icon: 'location', key: 's', words: 'repositories ingestion sync' },
      { to: '/plugins', label: 'Plugins', icon: 'plug', key: 'l', words: 'extensions argo prometheus pagerduty' },
    ],
  },
];

export const ALL_PAGES = PAGES.flatMap(({ pages }) => pages);
