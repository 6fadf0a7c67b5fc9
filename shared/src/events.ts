import type { Reason } from './job-state.ts';

/** Who caused a change. */
export type Actor = 'requester' | 'marketplace' | 'operator' | `agent:${string}`;

/** Every domain event: subject, past tense. Each is stored before it is announced. */
export const eventNames = [
  'account.created',
  'account.restored',
  'account.suspended',
  'agent.disabled',
  'agent.draining',
  'agent.enabled',
  'agent.paused',
  'agent.registered',
  'agent.unregistered',
  'alert.acknowledged',
  'alert.opened',
  'alert.resolved',
  'capacity.freed',
  'capacity.reserved',
  'caps.changed',
  'deposit.credited',
  'deposit.refunding',
  'device-login.decided',
  'execution.accepted',
  'execution.ended',
  'execution.leased',
  'execution.phase-changed',
  'flow.created',
  'flow.deleted',
  'flow.versioned',
  'flow-run.ended',
  'flow-run.started',
  'flow-step.ended',
  'flow-step.started',
  'gpu-proof.ended',
  'gpu-proof.issued',
  'gpu-proof.quarantined',
  'job.assigned',
  'job.cancel-requested',
  'job.dependency-failed',
  'job.dependency-met',
  'job.ended',
  'job.posted',
  'job.preempt-requested',
  'job.released',
  'job.requeued',
  'job.started',
  'key.created',
  'key.revoked',
  'key.rotated',
  'payout.batched',
  'payout.cancelled',
  'payout.confirmed',
  'payout.due',
  'payout.finalized',
  'payout.held',
  'payout.history-accepted',
  'ledger.written-off',
  'link.created',
  'link.revoked',
  'payout.started',
  'payout.stopped',
  'payout.submitted',
  'provider.assigned',
  'provider.changed',
  'provider.deleted',
  'provider.registered',
  'provider.state-changed',
  'provider.status-changed',
  'registration-token.issued',
  'registration-token.revoked',
  'session.ended',
  'session.opened',
  'settlement.decided',
  'schedule.changed',
  'schedule.created',
  'schedule.deleted',
  'schedule.ended',
  'schedule.fired',
  'schedule.paused',
  'schedule.resumed',
  'snippet.changed',
  'snippet.created',
  'snippet.deleted',
  'switch.turned-off',
  'switch.turned-on',
  'template.archived',
  'template.created',
  'template.hidden',
  'template.shared',
  'template.versioned',
  'webhook.changed',
  'webhook.created',
  'webhook.deleted',
  'webhook.disabled',
  'webhook.replayed',
  'webhook.rotated',
  'webhook.tested',
  'withdrawal.requested',
] as const;
export type EventName = (typeof eventNames)[number];

/** One row of the event log. `seq` grows by one per event over the whole marketplace. */
export interface DomainEvent {
  seq: number;
  name: EventName;
  atMs: number;
  actor: Actor;
  accountId: string | null;
  jobId: string | null;
  executionId: string | null;
  reason: Reason | null;
  data: Record<string, string | number | boolean | null>;
}

export type NewEvent = Omit<DomainEvent, 'seq'>;
