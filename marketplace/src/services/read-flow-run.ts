import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { toMoney } from '@node3/shared/money';
import type { RunCost } from '@node3/shared/routes/flows';
import type {
  FlowRunQuery,
  FlowRunRow,
  FlowStepRow,
  FlowStore,
  ListedFlowRun,
} from '../store/flow-store.ts';

interface Deps {
  store: FlowStore;
}

/** A run of this account. Somebody else's does not exist for it. */
export async function findOwnRun(
  { store }: Deps,
  accountId: string,
  runId: string,
): Promise<{ run: FlowRunRow; steps: FlowStepRow[] }> {
  const found = await store.flowRun(runId);
  if (found?.run.accountId === accountId) return found;
  throw new MarketError('RUN_NOT_FOUND', { runId });
}

/** Nothing for a run without jobs. */
export async function readRunCost(
  deps: Deps,
  accountId: string,
  runId: string,
): Promise<{ data: RunCost[] }> {
  await findOwnRun(deps, accountId, runId);
  const costs = await deps.store.flowRunCosts(runId);
  const data = costs.map(({ asset, jobs, charged, held }) => ({
    jobs,
    charged: toMoney(charged, asset),
    held: toMoney(held, asset),
  }));
  return { data };
}

type Query = Omit<FlowRunQuery, 'limit'> & { limit: number | undefined };

export async function listFlowRuns(
  { store }: Deps,
  { limit = limits.listPageDefault, ...query }: Query,
): Promise<{ rows: ListedFlowRun[]; nextCursor: string | null }> {
  // One more than asked for tells whether there is a next page.
  const rows = await store.listFlowRuns({ ...query, limit: limit + 1 });
  const nextCursor = rows.length > limit ? (rows[limit - 1]?.runId ?? null) : null;
  return { rows: rows.slice(0, limit), nextCursor };
}

/**
 * What came out of a run: the output of the node that ends the graph, or by node id where several
 * were completed. null while it is not completed.
 */
export function resultOf(run: FlowRunRow, steps: readonly FlowStepRow[]): unknown {
  if (run.state !== 'completed') return null;
  const sources = new Set(run.graph.edges.map(({ source }) => source));
  const ends = steps.filter(({ nodeId, state }) => !sources.has(nodeId) && state === 'completed');
  const [only] = ends;
  if (ends.length <= 1) return only?.output ?? null;
  return Object.fromEntries(ends.map(({ nodeId, output }) => [nodeId, output]));
}
