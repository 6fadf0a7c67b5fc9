import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { ActiveExecution, LocalExecution, ResultEarning } from './agent-local.ts';
import { AgentEarnings } from './agents.ts';

const params = strictObject({ executionId: Type.String({ pattern: '^exe_[0-9A-Z]{26}$' }) });

/** One execution with all that this agent knows of it. */
export const LocalExecutionDetail = strictObject({
  ...LocalExecution.properties,
  attempt: Type.Integer(),
  image: ActiveExecution.properties.image,
  deviceIds: Type.Array(Type.String()),
  executor: nullable(Type.String()),
  isolation: nullable(Type.String()),
  imageDigest: nullable(Type.String()),
  startedAt: nullable(Timestamp),
  runSec: nullable(Type.Integer({ description: 'The limit; null where the spec can not be read' })),
  detail: nullable(Type.String({ description: 'More about the reason' })),
  peakMemoryBytes: nullable(Type.Integer()),
  logLines: Type.Integer(),
  isOpen: Type.Boolean({ description: 'It runs here, or the marketplace has not answered yet' }),
  owes: nullable(oneOf(['result', 'release'], 'What the marketplace has not answered yet')),
  closed: nullable(oneOf(['reported', 'released', 'superseded'])),
  earned: Type.Array(ResultEarning, { description: 'By device; empty before it is accepted' }),
  payout: nullable(AgentEarnings.properties.payouts.items),
});
export type LocalExecutionDetail = Static<typeof LocalExecutionDetail>;

export const getLocalExecution = {
  method: 'GET',
  url: '/api/v1/local/executions/:executionId',
  summary: 'One execution of this agent: phases, end, money',
  audience: 'provider',
  tag: 'agent',
  schema: { params, response: { 200: LocalExecutionDetail } },
} as const satisfies RouteContract;

/** The job goes back to the queue, unpaid: released_by_agent. */
export const stopLocalExecution = {
  method: 'POST',
  url: '/api/v1/local/executions/:executionId/stop',
  summary: 'Stop one job on this machine and give it back to the marketplace',
  audience: 'provider',
  tag: 'agent',
  schema: {
    params,
    body: strictObject({}),
    response: {
      202: strictObject({
        stopping: Type.Boolean({ description: 'false: it does not run here any more' }),
      }),
    },
  },
} as const satisfies RouteContract;
