import { createRoute } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { readCursor, readId } from './read-search.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';
import { readUsageSearch } from './usage-search.ts';
import { readWalletSearch } from './wallet-search.ts';
import { readWebhookSearch } from './webhook-search.ts';

const walletRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/wallet',
  beforeLoad: marketplaceOnly,
  validateSearch: readWalletSearch,
  component: areaPage(['account'], () => import('../pages/wallet-page.tsx'), 'WalletPage'),
});

const usageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/usage',
  beforeLoad: marketplaceOnly,
  validateSearch: readUsageSearch,
  component: areaPage(['account'], () => import('../pages/usage-page.tsx'), 'UsagePage'),
});

const webhooksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/webhooks',
  beforeLoad: marketplaceOnly,
  component: areaPage(['account'], () => import('../pages/webhooks-page.tsx'), 'WebhooksPage'),
});

const webhookRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/webhooks/$webhookId',
  beforeLoad: marketplaceOnly,
  validateSearch: readWebhookSearch,
  component: areaPage(['account'], () => import('../pages/webhook-page.tsx'), 'WebhookPage'),
});

const receiptsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/receipts',
  beforeLoad: marketplaceOnly,
  validateSearch: (search: Record<string, unknown>) => ({
    ...readCursor(search),
    ...readId(search, 'job'),
  }),
  component: areaPage(['account'], () => import('../pages/receipts-page.tsx'), 'ReceiptsPage'),
});

export const accountRoutes = [
  walletRoute,
  usageRoute,
  receiptsRoute,
  webhooksRoute,
  webhookRoute,
] as const;
