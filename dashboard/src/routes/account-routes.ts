import { createRoute } from '@tanstack/react-router';
import { areaPage } from './area-page.ts';
import { marketplaceOnly, rootRoute } from './root-route.ts';
import { readWalletSearch } from './wallet-search.ts';

const walletRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/wallet',
  beforeLoad: marketplaceOnly,
  validateSearch: readWalletSearch,
  component: areaPage(['account'], () => import('../pages/wallet-page.tsx'), 'WalletPage'),
});

export const accountRoutes = [walletRoute] as const;
