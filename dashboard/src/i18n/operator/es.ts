import type { en } from './en.ts';
import { esFleet } from './es-fleet.ts';
import { esMarket } from './es-market.ts';
import { esMetrics } from './es-metrics.ts';
import { esPayments } from './es-payments.ts';
import { esPayout } from './es-payout.ts';
import { esProviders } from './es-providers.ts';
import { esQueue } from './es-queue.ts';
import { esShared } from './es-shared.ts';

export const es: Record<keyof typeof en, string> = {
  ...esFleet,
  ...esMarket,
  ...esMetrics,
  ...esPayments,
  ...esPayout,
  ...esProviders,
  ...esQueue,
  ...esShared,
};
