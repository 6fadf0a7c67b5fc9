import type { QueryOf } from '@node3/shared/contract';
import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import { type Asset, toMoney } from '@node3/shared/money';
import { operatorLimits } from '@node3/shared/operator-limits';
import {
  failJob as failJobContract,
  fundTreasury as fundContract,
  getAdminStats,
  getTreasury,
  listPayouts,
} from '@node3/shared/routes/admin';
import type { FastifyInstance } from 'fastify';
import { failJob } from '../../services/fail-job.ts';
import { fundTreasury } from '../../services/fund-treasury.ts';
import { viewAdminPayout } from '../../services/job-views.ts';
import { readOverview } from '../../services/read-marketplace.ts';
import type { HttpDeps } from '../http-deps.ts';

export function addAdminRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, getAdminStats, {
    authenticate,
    async handler() {
      const [overview, accounts, totals, balanced] = await Promise.all([
        readOverview(deps),
        deps.store.countAccounts(),
        deps.store.ledgerTotals(),
        deps.ledger.balanced(),
      ]);
      const { transfers } = totals;
      return { overview, accounts, ledger: { transfers, balanced } };
    },
  });
  addRoute(app, getTreasury, { authenticate, handler: () => readTreasury(deps) });
  addRoute(app, fundContract, { authenticate, handler: () => fundTreasury(deps) });
  addRoute(app, listPayouts, {
    authenticate,
    async handler({ query }) {
      const { rows, nextCursor } = await pageOfPayouts(deps, query);
      return { data: rows.map((row) => viewAdminPayout(row, deps.explorerUrl)), nextCursor };
    },
  });
  addRoute(app, failJobContract, {
    authenticate,
    async handler({ params, body }) {
      const { jobId, state } = await failJob(deps, params.jobId, body.detail);
      return { jobId, state };
    },
  });
}

async function pageOfPayouts({ store }: HttpDeps, query: QueryOf<typeof listPayouts>) {
  const limit = query.limit ?? limits.listPageDefault;
  const beforePayoutId = query.cursor ?? null;
  if (query.state !== undefined) {
    const search = { state: query.state, scanMax: operatorLimits.rowsPerListScan };
    const found = await store.payoutsInState({ ...search, beforePayoutId, limit });
    return { rows: found.payouts, nextCursor: found.scannedTo };
  }
  const found = await store.listPayouts({ agentId: null, beforePayoutId, limit: limit + 1 });
  const rows = found.slice(0, limit);
  return { rows, nextCursor: found.length > limit ? (rows.at(-1)?.payoutId ?? null) : null };
}

async function readTreasury(deps: HttpDeps) {
  const [onChain, totals, operator, payouts] = await Promise.all([
    deps.treasury.balances(),
    deps.store.ledgerTotals(),
    deps.store.accountBalances(deps.operatorAccountId),
    deps.store.countPayouts(),
  ]);
  const both = (values: Record<Asset, bigint>) => ({
    SOL: toMoney(values.SOL, 'SOL'),
    USDC: toMoney(values.USDC, 'USDC'),
  });
  const { wallet, usdcMint, rpcUrl } = deps.treasury;
  return {
    cluster: deps.cluster,
    wallet,
    usdcMint,
    rpcUrl,
    onChain: {
      SOL: onChain.SOL === null ? null : toMoney(onChain.SOL, 'SOL'),
      USDC: onChain.USDC === null ? null : toMoney(onChain.USDC, 'USDC'),
    },
    liabilities: both(totals.liabilities),
    escrow: both(totals.held),
    operatorAvailable: both({ SOL: operator.SOL.available, USDC: operator.USDC.available }),
    feeRevenue: both(totals.feeRevenue),
    payoutsFinalized: payouts.finalized,
  };
}
