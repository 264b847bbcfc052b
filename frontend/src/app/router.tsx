import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { formatSearch, parseSearch } from '@/lib/search';
import { Broken } from './Broken';
import { NotFound } from './NotFound';
import { Shell } from './Shell';
import { readCatalogSearch } from '@/lib/catalog-search';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const CatalogPage = lazyRouteComponent(() => import('@/features/catalog/CatalogPage'), 'CatalogPage');

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readCatalogSearch,
  component: CatalogPage,
});

const catalog = createRoute({
  getParentRoute: () => root,
  path: '/catalog',
  validateSearch: readCatalogSearch,
  component: CatalogPage,
});

// Backstage's form of an entity's address, so that links which are out there keep working.
const entity = createRoute({
  getParentRoute: () => root,
  path: '/catalog/$namespace/$kind/$name/{-$tab}',
  component: lazyRouteComponent(() => import('@/features/entity/EntityPage'), 'EntityPage'),
});

const problems = createRoute({
  getParentRoute: () => root,
  path: '/problems',
  validateSearch: (search: Record<string, unknown>): { source?: string } =>
    typeof search.source === 'string' ? { source: search.source } : {},
  component: lazyRouteComponent(() => import('@/features/problems/ProblemsPage'), 'ProblemsPage'),
});

const sources = createRoute({
  getParentRoute: () => root,
  path: '/sources',
  component: lazyRouteComponent(() => import('@/features/sources/SourcesPage'), 'SourcesPage'),
});

const plugins = createRoute({
  getParentRoute: () => root,
  path: '/plugins',
  component: lazyRouteComponent(() => import('@/features/plugins/PluginsPage'), 'PluginsPage'),
});

const tree = root.addChildren([home, catalog, entity, problems, sources, plugins]);

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
