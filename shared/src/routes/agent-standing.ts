import { type Static, Type } from 'typebox';
import { agentStates } from '../agent-state.ts';
import { nullable, oneOf, strictObject, Timestamp } from '../schema.ts';

/** What an agent may do now, and who decided it. */
export const AgentStateView = strictObject({
  state: oneOf(agentStates),
  reason: nullable(Type.String({ description: 'One sentence; null while active' })),
  until: nullable(Timestamp),
  by: nullable(Type.String({ description: 'operator, marketplace or agent:<id>' })),
  since: nullable(Timestamp),
});
export type AgentStateView = Static<typeof AgentStateView>;

const Axis = strictObject({
  value: nullable(Type.Number({ description: '0 to 1; null while nothing is known' })),
  weight: Type.Number({ description: 'What the evidence weighs; halves in 30 days' }),
  count: Type.Integer({ description: 'How often there was evidence at all' }),
});

/** How a provider behaves, by what the marketplace itself has seen. */
export const AgentReputation = strictObject({
  availability: Axis,
  startLatency: Axis,
  correctness: Axis,
  completion: Axis,
});
export type AgentReputation = Static<typeof AgentReputation>;

/** How a requester behaves: both sides are looked at. */
export const RequesterReputation = strictObject({ conduct: Axis, commitment: Axis });
export type RequesterReputation = Static<typeof RequesterReputation>;

/** Stars by requesters that paid; `mean` is null while there are none. */
export const RatingSummary = strictObject({
  mean: nullable(Type.Number()),
  count: Type.Integer(),
});
export type RatingSummary = Static<typeof RatingSummary>;
