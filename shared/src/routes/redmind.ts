import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { FlowGraph, FlowSecrets } from '../flow-graph.ts';
import { flowRunStates, flowStepStates } from '../flow-state.ts';
import { limits } from '../limits.ts';
import { id, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

/** The runs of REDMIND, with its names: `flow_id` beside `runId`. */

const tag = 'runs';
const audience = 'requester';

const runParams = strictObject({ runId: id('flowRun') });
const timeoutSeconds = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: limits.flowRunSecMax,
    description: `Of the whole run; ${limits.flowRunSecDefault} when absent`,
  }),
);
const input = Type.Optional(
  Type.Unsafe<unknown>({ description: 'Any JSON, for {{input}} in the steps; null when absent' }),
);

export const StartRun = strictObject({
  flow_id: Type.Optional(id('flow')),
  version: Type.Optional(
    Type.Integer({ minimum: 1, description: 'Of the flow; the newest when absent' }),
  ),
  flow: Type.Optional(FlowGraph),
  input,
  timeout_seconds: timeoutSeconds,
  secrets: Type.Optional(FlowSecrets),
});
export type StartRun = Static<typeof StartRun>;

/** Never a trace: the run is read by its id. */
export const RunStarted = strictObject({
  runId: id('flowRun'),
  run_id: id('flowRun'),
  status: oneOf(flowRunStates),
});
export type RunStarted = Static<typeof RunStarted>;

const RunError = strictObject({
  code: Type.String({ description: 'As in errors' }),
  message: Type.String(),
  fix: Type.String(),
  nodeId: Type.Optional(Type.String()),
  timeout_seconds: Type.Optional(Type.Number()),
  elapsed_seconds: Type.Optional(Type.Number()),
  context: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
});
export type RunError = Static<typeof RunError>;

const TraceEntry = strictObject({
  runId: Type.String({ description: 'Of an earlier run where a rerun has taken the step over' }),
  nodeId: Type.String(),
  status: oneOf(flowStepStates),
  startedAt: nullable(Timestamp),
  durationMs: nullable(Type.Integer({ description: 'null until the step is over' })),
  input: Type.Unknown(),
  output: Type.Unknown(),
  error: nullable(RunError),
  jobId: nullable(Type.String()),
});

export const RunSummary = strictObject({
  runId: id('flowRun'),
  run_id: id('flowRun'),
  flow_id: nullable(id('flow')),
  flow_version: nullable(Type.Integer()),
  project_id: nullable(Type.String()),
  status: oneOf(flowRunStates),
  started_at: Timestamp,
  ended_at: nullable(Timestamp),
  timeout_seconds: Type.Integer(),
  rerun_of: nullable(id('flowRun')),
  error: nullable(RunError),
});
export type RunSummary = Static<typeof RunSummary>;

export const ListedRun = strictObject({
  ...RunSummary.properties,
  flow_name: nullable(Type.String({ description: 'As it is now; null when the flow is gone' })),
});
export type ListedRun = Static<typeof ListedRun>;

export const RunDetail = strictObject({
  ...RunSummary.properties,
  trace: Type.Array(TraceEntry, { description: 'Every node of the graph, in its order' }),
  result: Type.Unknown({
    description: 'Output of the node that ends the graph; by node id where several do',
  }),
});
export type RunDetail = Static<typeof RunDetail>;

export const startRun = {
  method: 'POST',
  url: '/api/v1/runs',
  summary: 'Start a run of a saved flow, or of a graph; answers at once (header Idempotency-Key)',
  audience,
  tag,
  schema: { body: StartRun, response: { 200: RunStarted } },
} as const satisfies RouteContract;

export const testRun = {
  method: 'POST',
  url: '/api/v1/runs/test',
  summary: 'Start a run of a graph that is not saved',
  audience,
  tag,
  schema: {
    body: strictObject({
      flow: FlowGraph,
      input,
      timeout_seconds: timeoutSeconds,
      secrets: Type.Optional(FlowSecrets),
    }),
    response: { 200: RunStarted },
  },
} as const satisfies RouteContract;

export const listRuns = {
  method: 'GET',
  url: '/api/v1/runs',
  summary: 'Your runs without their traces, newest first; X-Project-Id keeps to one project',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      flowId: Type.Optional(id('flow')),
      status: Type.Optional(oneOf(flowRunStates)),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(id('flowRun')),
    }),
    response: {
      200: strictObject({ data: Type.Array(ListedRun), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const getRun = {
  method: 'GET',
  url: '/api/v1/runs/:runId',
  summary: 'A run with the trace of its steps and its result',
  audience,
  tag,
  schema: { params: runParams, response: { 200: RunDetail } },
} as const satisfies RouteContract;

export const cancelRun = {
  method: 'POST',
  url: '/api/v1/runs/:runId/cancel',
  summary: 'Stop a run with what it is doing at this moment; again it changes nothing',
  audience,
  tag,
  schema: { params: runParams, response: { 200: RunStarted } },
} as const satisfies RouteContract;

export const rerunRun = {
  method: 'POST',
  url: '/api/v1/runs/:runId/rerun',
  summary: 'Run the same graph again: all of it, or from one step on (header Idempotency-Key)',
  audience,
  tag,
  schema: {
    params: runParams,
    body: nullable(
      strictObject({
        from_node: Type.Optional(
          Type.String({ maxLength: 64, description: 'Steps before it keep the outputs they had' }),
        ),
        timeout_seconds: timeoutSeconds,
      }),
    ),
    response: { 200: RunStarted },
  },
} as const satisfies RouteContract;
