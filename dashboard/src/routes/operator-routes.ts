import { jobStates } from '@node3/shared/job-state';
import { metricsRanges } from '@node3/shared/routes/job-metrics';
import { payoutStates } from '@node3/shared/settlement-state';
import { createRoute } from '@tanstack/react-router';
import { readFleetSearch } from '../pages/operator/fleet/fleet-search.ts';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';

const beforeLoad = marketplaceOnly;
const getParentRoute = () => rootRoute;

interface ListSearch<State extends string> {
  state?: State;
  cursor?: string;
}

/** Keeps a state that there is, and a cursor. */
function listSearch<State extends string>(states: readonly State[]) {
  return ({ state, cursor }: Record<string, unknown>): ListSearch<State> => {
    const known = states.find((name) => name === state);
    return {
      ...(known === undefined ? {} : { state: known }),
      ...cursorOf(cursor),
    };
  };
}

function cursorOf(cursor: unknown): { cursor?: string } {
  const text = typeof cursor === 'number' ? String(cursor) : cursor;
  return typeof text === 'string' && text !== '' && text.length <= 64 ? { cursor: text } : {};
}

interface DeliverySearch extends ListSearch<'all'> {
  /** The one that is opened. */
  delivery?: string;
}

interface JobsSearch extends ListSearch<(typeof jobStates)[number]> {
  /** Whose they are; of everybody where it is absent. */
  account?: string;
  /** One job alone. */
  job?: string;
}

function idOf<Name extends string>(name: Name, id: unknown): { [name in Name]?: string } {
  const isId = typeof id === 'string' && id !== '' && id.length <= 64;
  return (isId ? { [name]: id } : {}) as { [name in Name]?: string };
}

const overviewRoute = createRoute({
  getParentRoute,
  path: '/admin',
  beforeLoad,
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/admin-overview-page.tsx'),
    'AdminOverviewPage',
  ),
});

const fleetRoute = createRoute({
  getParentRoute,
  path: '/admin/fleet',
  beforeLoad,
  validateSearch: readFleetSearch,
  component: areaPage(['operator'], () => import('../pages/operator/fleet-page.tsx'), 'FleetPage'),
});

const agentRoute = createRoute({
  getParentRoute,
  path: '/admin/fleet/$agentId',
  beforeLoad,
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/agent-detail-page.tsx'),
    'AgentDetailPage',
  ),
});

const paymentsRoute = createRoute({
  getParentRoute,
  path: '/admin/payments',
  beforeLoad,
  validateSearch: listSearch(payoutStates),
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/payments-page.tsx'),
    'PaymentsPage',
  ),
});

const payoutRoute = createRoute({
  getParentRoute,
  path: '/admin/payments/$payoutId',
  beforeLoad,
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/payout-page.tsx'),
    'PayoutPage',
  ),
});

const reservationsRoute = createRoute({
  getParentRoute,
  path: '/admin/reservations',
  beforeLoad,
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/reservations-page.tsx'),
    'ReservationsPage',
  ),
});

const queueRoute = createRoute({
  getParentRoute,
  path: '/admin/queue',
  beforeLoad,
  validateSearch: (search: Record<string, unknown>): JobsSearch => ({
    ...listSearch(jobStates)(search),
    ...idOf('account', search['account']),
    ...idOf('job', search['job']),
  }),
  component: areaPage(
    ['operator', 'jobs', 'posting'],
    () => import('../pages/operator/queue-page.tsx'),
    'QueuePage',
  ),
});

const switchesRoute = createRoute({
  getParentRoute,
  path: '/admin/switches',
  beforeLoad,
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/switches-page.tsx'),
    'SwitchesPage',
  ),
});

const providersRoute = createRoute({
  getParentRoute,
  path: '/admin/providers',
  beforeLoad,
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/providers-page.tsx'),
    'AdminProvidersPage',
  ),
});

const providerRoute = createRoute({
  getParentRoute,
  path: '/admin/providers/$provider',
  beforeLoad,
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/provider-detail-page.tsx'),
    'ProviderDetailPage',
  ),
});

const accountsRoute = createRoute({
  getParentRoute,
  path: '/admin/accounts',
  beforeLoad,
  validateSearch: ({ cursor }: Record<string, unknown>) => cursorOf(cursor),
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/accounts-page.tsx'),
    'AccountsPage',
  ),
});

const accountRoute = createRoute({
  getParentRoute,
  path: '/admin/accounts/$accountId',
  beforeLoad,
  component: areaPage(
    ['operator', 'account'],
    () => import('../pages/operator/account-detail-page.tsx'),
    'AccountDetailPage',
  ),
});

const auditFilters = ['action', 'actor', 'target', 'from', 'until'] as const;
type AuditSearch = Partial<Record<(typeof auditFilters)[number] | 'cursor', string>>;

const auditRoute = createRoute({
  getParentRoute,
  path: '/admin/audit',
  beforeLoad,
  validateSearch: (search: Record<string, unknown>): AuditSearch => {
    const given = auditFilters.flatMap((name) => {
      const value = search[name];
      const isText = typeof value === 'string' && value !== '' && value.length <= 64;
      return isText ? [[name, value] as const] : [];
    });
    return { ...Object.fromEntries(given), ...cursorOf(search['cursor']) };
  },
  component: areaPage(['operator'], () => import('../pages/operator/audit-page.tsx'), 'AuditPage'),
});

const webhooksRoute = createRoute({
  getParentRoute,
  path: '/admin/webhooks',
  beforeLoad,
  validateSearch: (search: Record<string, unknown>): DeliverySearch => ({
    ...listSearch(['all'])(search),
    ...idOf('delivery', search['delivery']),
  }),
  component: areaPage(
    ['operator', 'account'],
    () => import('../pages/operator/webhooks-page.tsx'),
    'AdminWebhooksPage',
  ),
});

const alertsRoute = createRoute({
  getParentRoute,
  path: '/admin/alerts',
  beforeLoad,
  validateSearch: listSearch(['all']),
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/alerts-page.tsx'),
    'AdminAlertsPage',
  ),
});

interface MetricsSearch {
  range?: (typeof metricsRanges)[number];
  scope?: 'all';
}

const metricsRoute = createRoute({
  getParentRoute,
  path: '/metrics',
  beforeLoad,
  validateSearch: ({ range, scope }: Record<string, unknown>): MetricsSearch => {
    const known = metricsRanges.find((name) => name === range);
    return {
      ...(known === undefined ? {} : { range: known }),
      ...(scope === 'all' ? { scope } : {}),
    };
  },
  component: areaPage(
    ['operator'],
    () => import('../pages/operator/metrics-page.tsx'),
    'MetricsPage',
  ),
});

export const operatorRoutes = [
  overviewRoute,
  fleetRoute,
  agentRoute,
  paymentsRoute,
  payoutRoute,
  reservationsRoute,
  queueRoute,
  switchesRoute,
  providersRoute,
  providerRoute,
  accountsRoute,
  accountRoute,
  auditRoute,
  webhooksRoute,
  alertsRoute,
  metricsRoute,
] as const;
