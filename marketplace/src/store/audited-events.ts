import type { EventName, NewEvent } from '@node3/shared/events';
import type { NewAuditEntry } from './audit-store.ts';
import type { RequestOrigin } from './request-origin.ts';

/** Events that stand in the audit log whoever caused them; what an operator causes always does. */
const audited: ReadonlySet<EventName> = new Set<EventName>([
  'account.created',
  'account.restored',
  'account.suspended',
  'agent.disabled',
  'agent.draining',
  'agent.enabled',
  'agent.paused',
  'agent.registered',
  'agent.unregistered',
  'capacity.freed',
  'capacity.reserved',
  'caps.changed',
  'deposit.refunding',
  'flow.created',
  'flow.deleted',
  'flow.versioned',
  'gpu-proof.quarantined',
  'device-login.decided',
  'key.created',
  'key.revoked',
  'key.rotated',
  'ledger.written-off',
  'link.created',
  'link.revoked',
  'payout.cancelled',
  'payout.held',
  'payout.history-accepted',
  'payout.started',
  'payout.stopped',
  'registration-token.issued',
  'registration-token.revoked',
  'schedule.changed',
  'schedule.created',
  'schedule.deleted',
  'schedule.paused',
  'schedule.resumed',
  'session.ended',
  'session.opened',
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
  'webhook.rotated',
  'withdrawal.requested',
]);

export function isAudited(event: NewEvent, origin: RequestOrigin | null): boolean {
  return audited.has(event.name) || event.actor === 'operator' || origin?.actor === 'operator';
}

/** Under which names events say what they are about, the most telling one first. */
const targetNames = [
  'keyId',
  'sessionId',
  'tokenId',
  'webhookId',
  'alertId',
  'payoutId',
  'scheduleId',
  'templateId',
  'reservationId',
  'linkId',
  'snippetId',
  'flowId',
  'deviceId',
  'agentId',
  'providerId',
  'signature',
  'switch',
  'owner',
] as const;

/** The entry of an event, with who asked for it. */
export function auditEntryOf(event: NewEvent, origin: RequestOrigin | null): NewAuditEntry {
  const named = targetNames.map((name) => event.data[name]).find((value) => value != null);
  const target = named ?? event.jobId ?? event.accountId;
  return {
    atMs: event.atMs,
    action: event.name,
    actor: origin?.actor === 'operator' ? 'operator' : event.actor,
    accountId: origin?.accountId ?? event.accountId,
    keyId: origin?.keyId ?? null,
    ip: origin?.ip ?? null,
    requestId: origin?.requestId ?? null,
    target: target === undefined || target === null ? null : String(target),
    facts: event.reason === null ? event.data : { ...event.data, reason: event.reason },
  };
}
