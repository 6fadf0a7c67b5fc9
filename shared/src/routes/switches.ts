import { type Static, Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { marketSwitches } from '../market-switch.ts';
import { operatorLimits } from '../operator-limits.ts';
import { nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

export const SwitchView = strictObject({
  name: oneOf(
    marketSwitches,
    'pause-matching: no job is assigned, what runs goes on. read-only: no new work is taken, money moves as ever',
  ),
  on: Type.Boolean(),
  reason: nullable(Type.String({ description: 'In the operator’s words; null while off' })),
  since: nullable(Timestamp),
});
export type SwitchView = Static<typeof SwitchView>;

export const listSwitches = {
  method: 'GET',
  url: '/api/v1/switches',
  summary: 'What the operator holds back at present, and why',
  audience: 'public',
  tag: 'marketplace',
  schema: { response: { 200: strictObject({ data: Type.Array(SwitchView) }) } },
} as const satisfies RouteContract;

/** Durable before it is answered, and followed by every process of the marketplace. */
export const setSwitch = {
  method: 'PUT',
  url: '/api/v1/admin/switches/:name',
  summary: 'Pause matching or new work, or let them go on',
  audience: 'operator',
  tag: 'admin',
  schema: {
    params: strictObject({ name: oneOf(marketSwitches) }),
    body: strictObject({
      on: Type.Boolean(),
      reason: Type.String({
        minLength: operatorLimits.reasonCharsMin,
        maxLength: operatorLimits.reasonCharsMax,
        description: 'Shown to everybody while it is on, and kept in the event log',
      }),
    }),
    response: { 200: SwitchView },
  },
} as const satisfies RouteContract;
