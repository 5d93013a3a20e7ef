import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { auditSearch } from '../pages/audit/search.js';
import { categoriesSearch } from '../pages/categories/search.js';
import { dashboardSearch } from '../pages/dashboard/search.js';
import { importSearch } from '../pages/import/search.js';
import { NotFoundPage } from '../pages/not-found/NotFoundPage.js';
import { recordsSearch } from '../pages/records/search.js';
import { usersSearch } from '../pages/users/search.js';
import { Spinner } from '../ui/index.js';
import { Failed } from './Failed.js';
import { type Place, Restricted } from './Restricted.js';
import { Root } from './Root.js';
import { one, parseSearch, type Search, stringifySearch } from './search.js';
import { Shell } from './Shell.js';

const plain = (search: Record<string, unknown>): Search => search as Search;

const root = createRootRoute({ component: Root, notFoundComponent: NotFoundPage });

const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });

/** Pages that only some roles have. */
const placeOf = (place: Place) => createRoute({ getParentRoute: () => shell, id: place, component: () => <Restricted place={place} /> });
const forAnalysts = placeOf('analysts');
const forAdmins = placeOf('admins');

const dashboard = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: dashboardSearch,
  component: lazyRouteComponent(() => import('../pages/dashboard/DashboardPage.js'), 'DashboardPage'),
});
const records = createRoute({
  getParentRoute: () => shell,
  path: '/records',
  validateSearch: recordsSearch,
  component: lazyRouteComponent(() => import('../pages/records/RecordsPage.js'), 'RecordsPage'),
});
const imports = createRoute({
  getParentRoute: () => forAnalysts,
  path: '/import',
  validateSearch: plain,
  component: lazyRouteComponent(() => import('../pages/import/ImportsPage.js'), 'ImportsPage'),
});
const oneImport = createRoute({
  getParentRoute: () => forAnalysts,
  path: '/import/$id',
  validateSearch: importSearch,
  component: lazyRouteComponent(() => import('../pages/import/ImportPage.js'), 'ImportPage'),
});
const categories = createRoute({
  getParentRoute: () => shell,
  path: '/categories',
  validateSearch: categoriesSearch,
  component: lazyRouteComponent(() => import('../pages/categories/CategoriesPage.js'), 'CategoriesPage'),
});
const audit = createRoute({
  getParentRoute: () => forAdmins,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('../pages/audit/AuditPage.js'), 'AuditPage'),
});
const users = createRoute({
  getParentRoute: () => forAdmins,
  path: '/users',
  validateSearch: usersSearch,
  component: lazyRouteComponent(() => import('../pages/users/UsersPage.js'), 'UsersPage'),
});
const organization = createRoute({
  getParentRoute: () => forAdmins,
  path: '/organization',
  component: lazyRouteComponent(() => import('../pages/organization/OrganizationPage.js'), 'OrganizationPage'),
});
const settings = createRoute({
  getParentRoute: () => shell,
  path: '/settings',
  component: lazyRouteComponent(() => import('../pages/settings/SettingsPage.js'), 'SettingsPage'),
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ next }): { next?: string | undefined } => {
    const path = one(next);
    // Only to pages of this app.
    return { next: path && /^\/(?![/\\])/.test(path) ? path : undefined };
  },
  component: lazyRouteComponent(() => import('../pages/sign-in/SignInPage.js'), 'SignInPage'),
});
const register = createRoute({
  getParentRoute: () => root,
  path: '/register',
  component: lazyRouteComponent(() => import('../pages/register/RegisterPage.js'), 'RegisterPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    shell.addChildren([
      dashboard,
      records,
      categories,
      settings,
      forAnalysts.addChildren([imports, oneImport]),
      forAdmins.addChildren([audit, users, organization]),
    ]),
    signIn,
    register,
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingComponent: Spinner,
  defaultErrorComponent: Failed,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
