import { MarketError } from '@node3/shared/error';
import type { FlowListing, FlowRow, FlowStore } from '../flow-store.ts';
import type { Database } from './database.ts';
import { appendEventsIn } from './events.ts';
import { type FlowRecord, toFlow, toFlowListing } from './flow-codec.ts';
import { createFlowRunStore } from './flow-run-store.ts';
import type { Tx, Work } from './work.ts';

const countFlows = 'SELECT count(*) AS count FROM flows WHERE account_id = ?';
const insertFlow = `
  INSERT INTO flows (flow_id, account_id, name, version, project, created_at_ms, updated_at_ms)
  VALUES (@flowId, @accountId, @name, @version, @project, @createdAtMs, @updatedAtMs)`;
const insertVersion = `
  INSERT INTO flow_versions (flow_id, version, name, graph, sealed, created_at_ms)
  VALUES (@flowId, @version, @name, @graph, @sealed, @updatedAtMs)`;
const selectFlow = 'SELECT * FROM flows WHERE flow_id = ?';
const selectVersion = `
  SELECT flows.flow_id, flows.account_id, flow_versions.name, flow_versions.version, flows.project,
    flows.created_at_ms, flow_versions.created_at_ms AS updated_at_ms, flow_versions.graph,
    flow_versions.sealed
  FROM flows JOIN flow_versions ON flow_versions.flow_id = flows.flow_id
  WHERE flows.flow_id = ? AND flow_versions.version = ?`;
const listOfAccount = `
  SELECT * FROM flows
  WHERE account_id = @accountId AND flow_id < @before AND (@project = '' OR project = @project)
  ORDER BY flow_id DESC LIMIT @limit`;
const updateFlow = `
  UPDATE flows SET name = @name, version = @version, updated_at_ms = @updatedAtMs
  WHERE flow_id = @flowId`;
const deleteVersions = 'DELETE FROM flow_versions WHERE flow_id = ?';
const deleteOne = 'DELETE FROM flows WHERE flow_id = ?';
/** Sorts after every id. */
const afterAllIds = '~';

export function createFlowStore(database: Database): FlowStore {
  return { ...savedFlows(database), ...createFlowRunStore(database) };
}

function savedFlows(
  database: Database,
): Omit<FlowStore, keyof ReturnType<typeof createFlowRunStore>> {
  return {
    createFlow(flow, max, events) {
      return database.write(function* (tx) {
        const found = yield* tx.get<{ count: bigint }>(countFlows, flow.accountId);
        const count = Number(found?.count);
        if (count >= max) throw new MarketError('LIMIT_REACHED', { flows: count, max });
        yield* tx.post(insertFlow, listingOf(flow));
        yield* tx.post(insertVersion, versionOf(flow));
        yield* appendEventsIn(tx, events);
      });
    },
    flow(flowId, version) {
      return database.read((tx) => flowIn(tx, flowId, version));
    },
    listFlows({ accountId, project, beforeFlowId, limit }) {
      return database.read(function* (tx) {
        const before = beforeFlowId ?? afterAllIds;
        const values = { accountId, project: project ?? '', before, limit };
        return (yield* tx.all<FlowRecord>(listOfAccount, values)).map(toFlowListing);
      });
    },
    addFlowVersion(flowId, change) {
      return database.write(function* (tx) {
        const found = yield* flowIn(tx, flowId, null);
        if (found === null) throw new MarketError('FLOW_NOT_FOUND', { flowId });
        const { flow, events } = change(found);
        yield* tx.post(updateFlow, listingOf(flow));
        yield* tx.post(insertVersion, versionOf(flow));
        yield* appendEventsIn(tx, events);
        return flow;
      });
    },
    deleteFlow(flowId, events) {
      return database.write(function* (tx) {
        const found = yield* tx.get<FlowRecord>(selectFlow, flowId);
        if (found === undefined) return;
        yield* tx.post(deleteVersions, flowId);
        yield* tx.post(deleteOne, flowId);
        yield* appendEventsIn(tx, events(toFlowListing(found)));
      });
    },
  };
}

function* flowIn(tx: Tx, flowId: string, version: number | null): Work<FlowRow | null> {
  const newest = yield* tx.get<FlowRecord>(selectFlow, flowId);
  if (newest === undefined) return null;
  const found = yield* tx.get<FlowRecord & { graph: string; sealed: string }>(
    selectVersion,
    flowId,
    version ?? newest.version,
  );
  return found === undefined ? null : toFlow(found);
}

function listingOf({ graph: _graph, sealed: _sealed, ...listing }: FlowRow): FlowListing {
  return listing;
}

function versionOf({ flowId, version, name, graph, sealed, updatedAtMs }: FlowRow) {
  return {
    flowId,
    version,
    name,
    graph: JSON.stringify(graph),
    sealed: JSON.stringify(sealed),
    updatedAtMs,
  };
}
