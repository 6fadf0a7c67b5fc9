import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { FlowGraph, FlowSecrets } from '../flow-graph.ts';
import { limits } from '../limits.ts';
import type { Money } from '../money.ts';
import { id, MoneySchema, nullable, strictObject, Timestamp } from '../schema.ts';

const tag = 'flows';
const audience = 'requester';

const flowParams = strictObject({ flowId: id('flow') });

export const FlowInput = strictObject({
  name: Type.String({ minLength: 1, maxLength: 128, pattern: '^[^\\u0000-\\u001f\\u007f]+$' }),
  graph: FlowGraph,
  secrets: Type.Optional(FlowSecrets),
});
export type FlowInput = Static<typeof FlowInput>;

export const FlowSummary = strictObject({
  flowId: id('flow'),
  name: Type.String(),
  version: Type.Integer({ description: 'The newest one' }),
  project: nullable(Type.String({ description: 'X-Project-Id of whoever saved it' })),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type FlowSummary = Static<typeof FlowSummary>;

export const FlowDetail = strictObject({
  ...FlowSummary.properties,
  graph: FlowGraph,
  secretNames: Type.Array(Type.String(), { description: 'Their values are never shown' }),
});
export type FlowDetail = Static<typeof FlowDetail>;

export const createFlow = {
  method: 'POST',
  url: '/api/v1/flows',
  summary: 'Save a flow: a graph of steps, as version 1',
  audience,
  tag,
  schema: { body: FlowInput, response: { 201: FlowDetail } },
} as const satisfies RouteContract;

export const listFlows = {
  method: 'GET',
  url: '/api/v1/flows',
  summary: 'Your flows without their graphs, newest first; X-Project-Id keeps to one project',
  audience,
  tag,
  schema: {
    querystring: strictObject({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(id('flow')),
    }),
    response: {
      200: strictObject({ data: Type.Array(FlowSummary), nextCursor: nullable(Type.String()) }),
    },
  },
} as const satisfies RouteContract;

export const getFlow = {
  method: 'GET',
  url: '/api/v1/flows/:flowId',
  summary: 'One flow with its graph: the newest version, or the one asked for',
  audience,
  tag,
  etag: 'read',
  schema: {
    params: flowParams,
    querystring: strictObject({ version: Type.Optional(Type.Integer({ minimum: 1 })) }),
    response: { 200: FlowDetail },
  },
} as const satisfies RouteContract;

/** A version never changes: reruns and runs of it stay what they were. */
export const putFlow = {
  method: 'PUT',
  url: '/api/v1/flows/:flowId',
  summary: 'Save a new version of a flow; without secrets it keeps those it has',
  audience,
  tag,
  etag: 'change',
  schema: { params: flowParams, body: FlowInput, response: { 200: FlowDetail } },
} as const satisfies RouteContract;

export const deleteFlow = {
  method: 'DELETE',
  url: '/api/v1/flows/:flowId',
  summary: 'Remove a flow with its versions; runs of it stay, and go on',
  audience,
  tag,
  schema: { params: flowParams, response: { 200: flowParams } },
} as const satisfies RouteContract;

export const RunCost = strictObject({
  jobs: Type.Integer({ description: 'Jobs that its steps posted' }),
  charged: MoneySchema,
  held: Type.Unsafe<Money>({
    ...MoneySchema,
    description: 'For jobs that are not over; what they do not need is given back',
  }),
});
export type RunCost = Static<typeof RunCost>;

/** A step that a rerun took over from an earlier run was paid there. */
export const getRunCost = {
  method: 'GET',
  url: '/api/v1/runs/:runId/cost',
  summary:
    'What the jobs of a run were charged, and what is held for those that are open, by asset',
  audience,
  tag: 'runs',
  schema: {
    params: strictObject({ runId: id('flowRun') }),
    response: { 200: strictObject({ data: Type.Array(RunCost) }) },
  },
} as const satisfies RouteContract;

/** The trace of a run says what each step did; this is what it was to do. */
export const getRunGraph = {
  method: 'GET',
  url: '/api/v1/runs/:runId/graph',
  summary: 'The graph of a run, as it was when the run began, with the input it got',
  audience,
  tag: 'runs',
  etag: 'read',
  schema: {
    params: strictObject({ runId: id('flowRun') }),
    response: { 200: strictObject({ graph: FlowGraph, input: Type.Unknown() }) },
  },
} as const satisfies RouteContract;
