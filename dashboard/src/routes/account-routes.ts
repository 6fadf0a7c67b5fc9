import { createRoute } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';
import { readUsageSearch } from './usage-search.ts';
import { readWalletSearch } from './wallet-search.ts';

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

export const accountRoutes = [walletRoute, usageRoute] as const;
