import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { ASPECTS } from '@/features/landscape/paint';
import type { LandscapeSearch } from '@/features/landscape/LandscapePage';
import type { OrgSearch } from '@/features/org/OrgPage';
import type { SourcesSearch } from '@/features/sources/order';
import { readEntitySearch } from '@/lib/entity-search';
import { readLocal } from '@/lib/local-settings';
import { BUCKET, readPreference, START } from '@/lib/preferences';
import { formatSearch, many, one, parseSearch } from '@/lib/search';
import { Broken } from './Broken';
import { NotFound } from './NotFound';
import { Shell } from './Shell';
import { readCatalogSearch } from '@/lib/catalog-search';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  // The bare address leads where the person starts, as this browser remembers it; /home is the home all the same.
  beforeLoad: () => {
    const start = readPreference('start', readLocal(BUCKET, 'start')?.value);
    if (start && start !== 'home') throw redirect({ to: START[start], replace: true });
  },
  component: lazyRouteComponent(() => import('@/features/home/HomePage'), 'HomePage'),
});

const homeAlways = createRoute({
  getParentRoute: () => root,
  path: '/home',
  component: lazyRouteComponent(() => import('@/features/home/HomePage'), 'HomePage'),
});

const catalog = createRoute({
  getParentRoute: () => root,
  path: '/catalog',
  validateSearch: readCatalogSearch,
  component: lazyRouteComponent(() => import('@/features/catalog/CatalogPage'), 'CatalogPage'),
});

// Backstage's address of the list of APIs, which here is the catalog's own.
const apiDocs = createRoute({
  getParentRoute: () => root,
  path: '/api-docs',
  beforeLoad: () => {
    throw redirect({ to: '/catalog', search: { kind: ['API'] }, replace: true });
  },
});

// Backstage's form of an entity's address, so that links which are out there keep working.
const entity = createRoute({
  getParentRoute: () => root,
  path: '/catalog/$namespace/$kind/$name/{-$tab}',
  validateSearch: readEntitySearch,
  component: lazyRouteComponent(() => import('@/features/entity/EntityPage'), 'EntityPage'),
});

const search = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: (search: Record<string, unknown>): { q?: string; kind?: string[]; page?: string } => {
    const kind = many(search.kind);
    return { q: one(search.q), kind: kind.length > 0 ? kind : undefined, page: one(search.page) };
  },
  component: lazyRouteComponent(() => import('@/features/search/SearchPage'), 'SearchPage'),
});

const landscape = createRoute({
  getParentRoute: () => root,
  path: '/landscape',
  validateSearch: (search: Record<string, unknown>): LandscapeSearch => ({
    color: ASPECTS.find((aspect) => aspect === search.color),
    only: one(search.only),
    root: one(search.root),
    at: one(search.at),
    view: search.view === 'list' ? 'list' : undefined,
  }),
  component: lazyRouteComponent(() => import('@/features/landscape/LandscapePage'), 'LandscapePage'),
});

const create = createRoute({
  getParentRoute: () => root,
  path: '/create',
  validateSearch: (search: Record<string, unknown>): { q?: string; type?: string } => ({ q: one(search.q), type: one(search.type) }),
  component: lazyRouteComponent(() => import('@/features/scaffold/GalleryPage'), 'GalleryPage'),
});

// A number from a link of ours, or its digits from the address.
const wholeFrom1 = (value: unknown) => (/^[1-9][0-9]{0,5}$/.test(String(value)) ? Number(value) : undefined);

// Backstage's addresses, so that links which are out there keep working.
const template = createRoute({
  getParentRoute: () => root,
  path: '/create/templates/$namespace/$name',
  validateSearch: (search: Record<string, unknown>): { step?: number; formData?: string } => ({
    step: wholeFrom1(search.step),
    formData: one(search.formData),
  }),
  component: lazyRouteComponent(() => import('@/features/scaffold/TemplatePage'), 'TemplatePage'),
});

const tasks = createRoute({
  getParentRoute: () => root,
  path: '/create/tasks',
  validateSearch: (search: Record<string, unknown>): { mine?: 'yes'; status?: string; page?: number } => ({
    mine: search.mine === 'yes' ? 'yes' : undefined,
    status: one(search.status),
    page: wholeFrom1(search.page),
  }),
  component: lazyRouteComponent(() => import('@/features/scaffold/TasksPage'), 'TasksPage'),
});

const task = createRoute({
  getParentRoute: () => root,
  path: '/create/tasks/$id',
  validateSearch: (search: Record<string, unknown>): { step?: string } => ({ step: one(search.step) }),
  component: lazyRouteComponent(() => import('@/features/scaffold/TaskPage'), 'TaskPage'),
});

const problems = createRoute({
  getParentRoute: () => root,
  path: '/problems',
  validateSearch: (search: Record<string, unknown>): { source?: string; rule?: string; severity?: string } => ({
    source: one(typeof search.source === 'number' ? String(search.source) : search.source),
    rule: one(search.rule),
    severity: ['info', 'warning', 'error'].find((known) => known === search.severity),
  }),
  component: lazyRouteComponent(() => import('@/features/problems/ProblemsPage'), 'ProblemsPage'),
});

const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  validateSearch: (search: Record<string, unknown>): { target?: string } => ({ target: one(search.target) }),
  component: lazyRouteComponent(() => import('@/features/register/RegisterPage'), 'RegisterPage'),
});

const unregister = createRoute({
  getParentRoute: () => root,
  path: '/unregister',
  validateSearch: (search: Record<string, unknown>): { of?: string } => ({ of: one(search.of) }),
  component: lazyRouteComponent(() => import('@/features/register/UnregisterPage'), 'UnregisterPage'),
});

// Backstage's address of it.
const catalogImport = createRoute({
  getParentRoute: () => root,
  path: '/catalog-import',
  validateSearch: (search: Record<string, unknown>): { target?: string } => ({ target: one(search.target) }),
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/register', search, replace: true });
  },
});

const readOrgSearch = (search: Record<string, unknown>): OrgSearch => ({ text: one(search.text), of: one(search.of) });

const groups = createRoute({
  getParentRoute: () => root,
  path: '/groups',
  validateSearch: readOrgSearch,
  component: lazyRouteComponent(() => import('@/features/org/OrgPage'), 'GroupsPage'),
});

const systems = createRoute({
  getParentRoute: () => root,
  path: '/systems',
  validateSearch: readOrgSearch,
  component: lazyRouteComponent(() => import('@/features/org/OrgPage'), 'SystemsPage'),
});

const sources = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  validateSearch: (search: Record<string, unknown>): SourcesSearch => ({
    explain: one(search.explain),
    view: search.view === 'loose' ? 'loose' : undefined,
    look: search.look === 'cards' || search.look === 'table' ? search.look : undefined,
    q: one(search.q),
    sort: one(search.sort),
    page: wholeFrom1(search.page),
    source: one(typeof search.source === 'number' ? String(search.source) : search.source),
  }),
  component: lazyRouteComponent(() => import('@/features/sources/SourcesPage'), 'SourcesPage'),
});

// Where one looks for how reading goes.
const ingestion = createRoute({
  getParentRoute: () => root,
  path: '/ingestion',
  validateSearch: (search: Record<string, unknown>): { explain?: string } => ({ explain: one(search.explain) }),
  beforeLoad: ({ search }) => {
    throw redirect({ to: '/sources', search, replace: true });
  },
});

const plugins = createRoute({
  getParentRoute: () => root,
  path: '/plugins',
  component: lazyRouteComponent(() => import('@/features/plugins/PluginsPage'), 'PluginsPage'),
});

const tokens = createRoute({
  getParentRoute: () => root,
  path: '/tokens',
  component: lazyRouteComponent(() => import('@/features/tokens/TokensPage'), 'TokensPage'),
});

const about = createRoute({
  getParentRoute: () => root,
  path: '/about',
  component: lazyRouteComponent(() => import('@/features/about/AboutPage'), 'AboutPage'),
});

const preferences = createRoute({
  getParentRoute: () => root,
  path: '/preferences',
  component: lazyRouteComponent(() => import('@/features/preferences/PreferencesPage'), 'PreferencesPage'),
});

const tree = root.addChildren([home, homeAlways, tokens, about, preferences, catalog, apiDocs, entity, search, landscape, groups, systems, create, template, tasks, task, register, unregister, catalogImport, problems, sources, ingestion, plugins]);

export function createPortalRouter() {
  return createRouter({
    routeTree: tree,
    parseSearch,
    stringifySearch: formatSearch,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotFound,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    trailingSlash: 'never',
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
