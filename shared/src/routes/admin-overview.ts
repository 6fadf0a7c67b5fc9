import { type Static, Type } from 'typebox';
import { agentStates } from '../agent-state.ts';
import type { RouteContract } from '../contract.ts';
import { operatorLimits } from '../operator-limits.ts';
import { MoneySchema, nullable, oneOf, strictObject, Timestamp } from '../schema.ts';
import { JobFigures } from './job-metrics.ts';

const { failuresCountedMax, paymentCostDays } = operatorLimits;

/** What the overview of the marketplace, the treasury and the payouts don't say already. */
export const AdminOverview = strictObject({
  at: Timestamp,
  agents: strictObject({
    online: Type.Integer(),
    offline: Type.Integer({ description: 'Without those that are disabled or gone' }),
    states: strictObject(
      Object.fromEntries(agentStates.map((state) => [state, Type.Integer()])) as Record<
        (typeof agentStates)[number],
        ReturnType<typeof Type.Integer>
      >,
    ),
  }),
  lastDay: Type.Unsafe<Static<typeof JobFigures> | null>({
    ...nullable(JobFigures),
    description: 'Jobs that ended in the last 24 hours; null where they are too many to look at',
  }),
  runway: strictObject({
    capital: Type.Unsafe<Static<typeof MoneySchema>>({
      ...MoneySchema,
      description: 'SOL of the treasury that nobody is owed, for fees and rent',
    }),
    perDay: Type.Unsafe<Static<typeof MoneySchema> | null>({
      ...nullable(MoneySchema),
      description: `What payouts cost a day, rent included, of the last ${paymentCostDays} days; null before the first`,
    }),
    days: nullable(Type.Number({ description: 'How long the capital lasts at that rate' })),
    payments: Type.Integer({ description: 'Transactions that this is from' }),
  }),
  webhooks: strictObject({
    enabled: Type.Integer(),
    failing: Type.Integer({ description: 'Those whose last attempt failed' }),
    pending: Type.Integer({ description: 'Deliveries that wait' }),
    failed: Type.Integer({
      description: `Deliveries that were given up, of 30 days; no more than ${failuresCountedMax} are counted`,
    }),
  }),
  alerts: strictObject({
    open: Type.Integer(),
    critical: Type.Integer(),
    unacknowledged: Type.Integer(),
  }),
  readOnly: Type.Boolean(),
  matching: oneOf(['running', 'paused']),
});
export type AdminOverview = Static<typeof AdminOverview>;

export const getAdminOverview = {
  method: 'GET',
  url: '/api/v1/admin/overview',
  summary: 'How the marketplace does at this moment, for whoever runs it',
  audience: 'operator',
  tag: 'admin',
  schema: { response: { 200: AdminOverview } },
} as const satisfies RouteContract;
