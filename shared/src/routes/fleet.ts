import { Type } from 'typebox';
import { trustOf } from '../agent-trust.ts';
import type { RouteContract } from '../contract.ts';
import type { CsvColumn } from '../csv.ts';
import { limits } from '../limits.ts';
import { operatorLimits } from '../operator-limits.ts';
import { nullable, oneOf, strictObject } from '../schema.ts';
import { AdminAgent } from './admin-agents.ts';
import { Facet } from './market-parts.ts';

export const fleetStatuses = ['online', 'offline', 'disabled'] as const;
export type FleetStatus = (typeof fleetStatuses)[number];

/** What the fleet can be ordered by. */
export const fleetOrders = [
  'name',
  'status',
  'provider',
  'gpus',
  'load',
  'jobs',
  'trust',
  'seen',
] as const;
export type FleetOrder = (typeof fleetOrders)[number];
export type FleetSort = FleetOrder | `-${FleetOrder}`;

export const fleetSorts: readonly FleetSort[] = fleetOrders.flatMap((order) => [
  order,
  `-${order}` as const,
]);

const selection = {
  q: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description: 'Part of a name, an id, a wallet or the model of a GPU',
    }),
  ),
  status: Type.Optional(oneOf(fleetStatuses)),
  provider: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Its name' })),
  sort: Type.Optional(
    oneOf(
      fleetSorts,
      'With a minus the most first; -seen where left out; unknown last; all that are online are seen now',
    ),
  ),
};

export const listAgents = {
  method: 'GET',
  url: '/api/v1/admin/agents',
  summary: 'Every agent with its wallet: filtered, sorted and counted over all of them',
  audience: 'operator',
  tag: 'admin',
  schema: {
    querystring: strictObject({
      ...selection,
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.listPageMax })),
      cursor: Type.Optional(
        Type.String({
          maxLength: operatorLimits.fleetCursorCharsMax,
          description: 'From nextCursor',
        }),
      ),
    }),
    response: {
      200: strictObject({
        data: Type.Array(AdminAgent),
        nextCursor: nullable(Type.String()),
        total: strictObject({
          found: Type.Integer({ description: 'That fit the filters' }),
          agents: Type.Integer({ description: 'That ever registered' }),
        }),
        facets: strictObject({ status: Facet, provider: Facet }),
      }),
    },
  },
} as const satisfies RouteContract;

/** All that fit, however many there are. */
export const exportAgents = {
  method: 'GET',
  url: '/api/v1/admin/agents/export',
  summary: 'The same agents as a file, all that fit: as CSV or as one JSON object a line',
  audience: 'operator',
  tag: 'admin',
  schema: {
    querystring: strictObject({
      ...selection,
      format: Type.Optional(oneOf(['csv', 'jsonl'], 'csv where left out')),
    }),
    response: {
      200: Type.String({ description: 'text/csv or application/x-ndjson; cut off if it fails' }),
    },
  },
} as const satisfies RouteContract;

export const fleetColumns: readonly CsvColumn<AdminAgent>[] = [
  { title: 'agentId', value: (agent) => agent.agentId },
  { title: 'name', value: (agent) => agent.name },
  { title: 'status', value: (agent) => agent.status },
  { title: 'state', value: (agent) => agent.state },
  { title: 'reason', value: (agent) => agent.standing.reason },
  { title: 'provider', value: (agent) => agent.provider },
  { title: 'wallet', value: (agent) => agent.wallet },
  { title: 'version', value: (agent) => agent.version },
  { title: 'region', value: (agent) => agent.region },
  { title: 'isolation', value: (agent) => agent.isolation },
  { title: 'devices', value: (agent) => agent.devices.map(({ model }) => model).join(' | ') },
  { title: 'running', value: (agent) => agent.running },
  { title: 'slots', value: (agent) => agent.slots },
  { title: 'jobsSucceeded', value: (agent) => agent.jobsSucceeded },
  { title: 'jobsFailed', value: (agent) => agent.jobsFailed },
  { title: 'trust', value: (agent) => trustOf(agent.reputation) },
  { title: 'lastSeenAt', value: (agent) => agent.lastSeenAt },
  { title: 'registeredAt', value: (agent) => agent.registeredAt },
];
