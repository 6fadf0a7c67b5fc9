import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { EventName, NewEvent } from '@node3/shared/events';
import { assertUnchanged } from '@node3/shared/http/entity-tag';
import type { Ids } from '@node3/shared/ids';
import { limits } from '@node3/shared/limits';
import type { FlowDetail, FlowInput, FlowSummary } from '@node3/shared/routes/flows';
import { toTimestamp } from '@node3/shared/schema';
import { flowEvent } from '../domain/flow-run-change.ts';
import type { FlowListing, FlowRow, FlowStore } from '../store/flow-store.ts';
import { checkFlow } from './check-flow.ts';
import { openFlowSecrets, sealFlowSecrets } from './flow-secrets.ts';
import type { SecretSealer } from './secret-sealer.ts';

export interface FlowDeps {
  store: FlowStore;
  clock: Clock;
  ids: Ids;
  sealer: SecretSealer;
}

export async function createFlow(
  deps: FlowDeps,
  owner: { accountId: string; project: string | null },
  { name, graph, secrets = {} }: FlowInput,
): Promise<FlowDetail> {
  checkFlow(graph, { pointer: '/graph', secretNames: Object.keys(secrets) });
  const nowMs = deps.clock.nowMs();
  const flowId = deps.ids.next('flow');
  const flow: FlowRow = {
    ...owner,
    flowId,
    name,
    version: 1,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    graph,
    sealed: sealFlowSecrets(deps.sealer, flowId, secrets),
  };
  const events = [eventOf('flow.created', flow, nowMs)];
  await deps.store.createFlow(flow, limits.flowsPerAccount, events);
  return viewFlow(flow);
}

/** Stores the next version. Secrets that are not given stay those of the version before. */
export async function replaceFlow(
  deps: FlowDeps,
  accountId: string,
  { flowId, ifMatch }: { flowId: string; ifMatch: string | null },
  { name, graph, secrets }: FlowInput,
): Promise<FlowDetail> {
  const before = await findOwnFlow(deps, accountId, flowId, null);
  const sealed =
    secrets === undefined ? before.sealed : sealFlowSecrets(deps.sealer, flowId, secrets);
  checkFlow(graph, { pointer: '/graph', secretNames: Object.keys(sealed) });
  const nowMs = deps.clock.nowMs();
  const changed = await deps.store.addFlowVersion(flowId, (row) => {
    assertUnchanged(ifMatch, [flowId, row.version]);
    if (row.version >= limits.flowVersions) {
      throw new MarketError('LIMIT_REACHED', { versions: row.version, max: limits.flowVersions });
    }
    const flow = { ...row, name, graph, sealed, version: row.version + 1, updatedAtMs: nowMs };
    return { flow, events: [eventOf('flow.versioned', flow, nowMs)] };
  });
  return viewFlow(changed);
}

export async function deleteFlow(
  deps: FlowDeps,
  accountId: string,
  flowId: string,
): Promise<{ flowId: string }> {
  await findOwnFlow(deps, accountId, flowId, null);
  const nowMs = deps.clock.nowMs();
  await deps.store.deleteFlow(flowId, (flow) => [eventOf('flow.deleted', flow, nowMs)]);
  return { flowId };
}

export async function listFlows(
  { store }: Pick<FlowDeps, 'store'>,
  query: { accountId: string; project: string | null; cursor?: string; limit?: number },
): Promise<{ data: FlowSummary[]; nextCursor: string | null }> {
  const { accountId, project, cursor = null, limit = limits.listPageDefault } = query;
  // One more than asked for tells whether there is a next page.
  const page = { accountId, project, beforeFlowId: cursor, limit: limit + 1 };
  const rows = await store.listFlows(page);
  const nextCursor = rows.length > limit ? (rows[limit - 1]?.flowId ?? null) : null;
  return { data: rows.slice(0, limit).map(viewListing), nextCursor };
}

/** A flow of this account, the newest version or that one. Somebody else's does not exist for it. */
export async function findOwnFlow(
  { store }: Pick<FlowDeps, 'store'>,
  accountId: string,
  flowId: string,
  version: number | null,
): Promise<FlowRow> {
  const flow = await store.flow(flowId, version);
  if (flow?.accountId === accountId) return flow;
  throw new MarketError('FLOW_NOT_FOUND', { flowId, ...(version !== null && { version }) });
}

export function secretsOfFlow({ sealer }: Pick<FlowDeps, 'sealer'>, flow: FlowRow) {
  return openFlowSecrets(sealer, flow.flowId, flow.sealed);
}

export function viewFlow(flow: FlowRow): FlowDetail {
  return { ...viewListing(flow), graph: flow.graph, secretNames: Object.keys(flow.sealed) };
}

function viewListing(flow: FlowListing): FlowSummary {
  const { flowId, name, version, project } = flow;
  const createdAt = toTimestamp(flow.createdAtMs);
  return { flowId, name, version, project, createdAt, updatedAt: toTimestamp(flow.updatedAtMs) };
}

function eventOf(name: EventName, flow: FlowListing, atMs: number): NewEvent {
  const { flowId, version } = flow;
  return flowEvent(name, flow, { flowId, name: flow.name, version }, atMs, 'requester');
}
