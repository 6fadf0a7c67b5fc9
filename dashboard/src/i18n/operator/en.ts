import { enFleet } from './en-fleet.ts';
import { enMarket } from './en-market.ts';
import { enMetrics } from './en-metrics.ts';
import { enPayments } from './en-payments.ts';
import { enPayout } from './en-payout.ts';
import { enProviders } from './en-providers.ts';
import { enQueue } from './en-queue.ts';
import { enShared } from './en-shared.ts';

export const en = {
  ...enFleet,
  ...enMarket,
  ...enMetrics,
  ...enPayments,
  ...enPayout,
  ...enProviders,
  ...enQueue,
  ...enShared,
};
