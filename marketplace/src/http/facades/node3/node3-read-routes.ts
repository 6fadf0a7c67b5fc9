import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import {
  seedAgents,
  seedFund,
  seedInfo,
  seedJobs,
  seedLoadBalancer,
  seedMarketJobs,
  seedPayments,
  seedStats,
  seedStatus,
} from '@node3/shared/routes/node3-reads';
import { toTimestamp } from '@node3/shared/schema';
import type { FastifyInstance } from 'fastify';
import { fundTreasury } from '../../../services/fund-treasury.ts';
import { listPublicAgents } from '../../../services/read-agents.ts';
import { readBoard } from '../../../services/read-marketplace.ts';
import { shareAnswers } from '../../../services/share-answers.ts';
import type { HttpDeps } from '../../http-deps.ts';
import {
  countByStatus,
  lamportsToSol,
  toSeedAgent,
  toSeedJobView,
  toSeedLoad,
  toSeedPaymentStatus,
} from './node3-views.ts';

/** As for the marketplace's own lists: they are open to everybody and read much. */
const spacingMs = 250;

/** How many jobs of the board are shown. */
const boardShown = 100;

/** What the node3 seed lets people and its admin tool read. */
export function addNode3ReadRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.public;
  const askAgents = shareAnswers(deps.clock, spacingMs, () => readAgents(deps));
  const askJobs = shareAnswers(deps.clock, spacingMs, () => readJobs(deps));
  addRoute(app, seedAgents, {
    authenticate,
    handler: async () => ({ agents: await askAgents() }),
  });
  addRoute(app, seedJobs, { authenticate, handler: askJobs });
  addRoute(app, seedMarketJobs, {
    authenticate,
    async handler() {
      const board = await askJobs();
      return { jobs: board.available, ...board };
    },
  });
  addRoute(app, seedStatus, {
    authenticate,
    async handler() {
      const [agents, counts] = await Promise.all([askAgents(), deps.store.countJobs()]);
      return {
        status: 'running' as const,
        available_jobs: counts.queued,
        accepted_jobs: counts.assigned + counts.running,
        registered_agents: agents.length,
        agents,
      };
    },
  });
  addOperatorReads(app, deps);
}

function addOperatorReads(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.operator;
  addRoute(app, seedStats, {
    authenticate,
    async handler() {
      const [jobs, payments] = await Promise.all([deps.store.countJobs(), readPaid(deps)]);
      const { agents, ...balancer } = await readBalancer(deps);
      const total = sum(Object.values(jobs));
      return {
        agents: { total: agents.length },
        jobs: { total, by_status: countByStatus(jobs) },
        payments: { total_count: payments.count, total_amount: payments.sol },
        load_balancer: balancer,
      };
    },
  });
  addRoute(app, seedLoadBalancer, { authenticate, handler: () => readBalancer(deps) });
  addRoute(app, seedPayments, {
    authenticate,
    async handler() {
      const limit = limits.listPageDefault;
      const query = { agentId: null, beforePayoutId: null, limit };
      const [rows, paid] = await Promise.all([deps.store.listPayouts(query), readPaid(deps)]);
      const payments = rows.map((row) => ({
        job_id: row.jobId,
        agent_wallet: row.wallet,
        amount: Number(row.amount) / (row.asset === 'SOL' ? 1e9 : 1e6),
        asset: row.asset,
        signature: row.signature,
        timestamp: toTimestamp(row.createdAtMs),
        status: toSeedPaymentStatus(row.state),
      }));
      return { payments, total_payments: paid.count, total_amount: paid.sol };
    },
  });
  addRoute(app, seedInfo, {
    authenticate,
    async handler() {
      const [balance, totals, paid] = await Promise.all([
        readBalance(deps),
        deps.store.ledgerTotals(),
        readPaid(deps),
      ]);
      const { wallet, rpcUrl } = deps.treasury;
      return {
        wallet_address: wallet,
        balance,
        escrow_balance: lamportsToSol(totals.held.SOL),
        rpc_url: rpcUrl,
        payments_processed: paid.count,
        total_paid: paid.sol,
      };
    },
  });
  addRoute(app, seedFund, {
    authenticate,
    async handler() {
      const { credited } = await fundTreasury(deps);
      const message = `${credited.amount} SOL are on the operator's account now.`;
      return { status: 'funded' as const, message, new_balance: await readBalance(deps) };
    },
  });
}

async function readAgents(deps: HttpDeps) {
  const agents = await listPublicAgents(deps);
  return agents.map(toSeedAgent);
}

async function readJobs(deps: HttpDeps) {
  const jobs = await readBoard(deps, boardShown);
  const shown = (isOpen: boolean) =>
    jobs.filter(({ state }) => (state === 'queued') === isOpen).map(toSeedJobView);
  return { available: shown(true), accepted: shown(false) };
}

async function readBalance(deps: HttpDeps): Promise<number | null> {
  const { SOL } = await deps.treasury.balances();
  return SOL === null ? null : lamportsToSol(SOL);
}

async function readPaid(deps: HttpDeps) {
  const [counts, sums] = await Promise.all([deps.store.countPayouts(), deps.store.payoutTotals()]);
  return { count: counts.finalized, sol: lamportsToSol(sums.SOL.finalized) };
}

async function readBalancer(deps: HttpDeps) {
  const jobs = await deps.store.countJobs();
  const loads = deps.presence.all().map((presence) => {
    const { agentId } = presence;
    return toSeedLoad(presence, deps.work.countOf(agentId), deps.presence.isOnline(agentId));
  });
  const total_capacity = sum(loads.map((load) => load.max_jobs));
  const current_load = sum(loads.map((load) => load.current_jobs));
  const { queued, assigned, running, failed, timed_out } = jobs;
  const total = sum(Object.values(jobs));
  return {
    total_agents: loads.length,
    healthy_agents: loads.filter((load) => load.is_healthy).length,
    total_capacity,
    current_load,
    utilization: total_capacity === 0 ? 0 : (100 * current_load) / total_capacity,
    queued_jobs: queued,
    assigned_jobs: assigned + running,
    total_jobs_queued: total,
    total_jobs_assigned: sum(loads.map((load) => load.total_completed + load.total_failed)),
    total_jobs_failed: failed + timed_out,
    total_jobs_retried: null,
    agents: loads.toSorted((a, b) => b.score - a.score).slice(0, limits.listPageMax),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
