import type { DomainEvent, EventName } from './events.ts';

interface EventDescription {
  /** What happened, as one sentence. */
  sentence: string;
  /** Whose event it is: who sees it in a stream, and whose webhooks get it. */
  owner: 'account' | 'operator';
  /** What `data` looks like. */
  data: DomainEvent['data'];
}

const keyId = 'key_01M8BAHEK8FR7TDADP5Y4DNRX8';
const agentId = 'agt_01M8BAHJR3FXMVYH5C4HS1AP8X';
const jobId = 'job_01M8BAHJ59EAV97CCPW4KX8XGC';
const payoutId = 'pay_01M8BAHJS2FXB8XV5V07XDC8JR';
const scheduleId = 'sch_01M8BAHJAKEKARPFZ6BMDGSYZM';
const templateId = 'tpl_01M8BAHJE7E7XBB3J6PT750FZT';
const reservationId = 'rsv_01M8BAHJJCFB58HFGWY18Y8WS0';
const providerId = 'prv_01M8BAHJQFFPRTSHSAY6N93W96';
const tokenId = 'reg_01M8BAHJQFFPRTSHSAY6N93W96';
const wallet = 'GXdKcS9B4BKfZ7hVC9QhqKFH7fjz85bfFWthcTJZ9paH';
const signature = '5'.repeat(88);

const account = (sentence: string, data: EventDescription['data'] = {}): EventDescription => ({
  sentence,
  owner: 'account',
  data,
});
const operator = (sentence: string, data: EventDescription['data'] = {}): EventDescription => ({
  sentence,
  owner: 'operator',
  data,
});

const agentState = { agentId, before: 'active', why: 'a broken fan', untilMs: null };
const money = { asset: 'SOL', amount: '1000000' };
const paid = { payoutId, agentId, ...money, signature };
const withdrawal = { payoutId, kind: 'withdrawal', wallet, ...money };
const schedule = { scheduleId, title: 'nightly', before: 'active' };

const snippet = { snippetId: 'snp_01M8BAHJE7E7XBB3J6PT750FZT', name: 'hello', version: 1 };

const link = {
  linkId: 'lnk_01M8BAHJE7E7XBB3J6PT750FZT',
  shows: 'job,logs',
  artifactId: null,
  expiresAtMs: 1_795_676_790_000,
  usesMax: null,
};

const flow = { flowId: 'flw_01M8BAHJE7E7XBB3J6PT750FZT', name: 'nightly', version: 1 };
const runId = 'run_01M8BAHJE7E7XBB3J6PT750FZT';

const alert = {
  alertId: 'alr_01M8BAHJE7E7XBB3J6PT750FZT',
  rule: 'agent-offline',
  subject: agentId,
  severity: 'warning',
  detail: 'The agent rig has said nothing for 2 min.',
};

const gpuProof = {
  proofId: 'prf_01M8BAHJE7E7XBB3J6PT750FZT',
  agentId,
  deviceId: 'GPU-1f3b94cb-b358-a3fc-3be5-bbfb6044f620',
};

const webhook = {
  webhookId: 'whk_01M8BAHJE7E7XBB3J6PT750FZT',
  origin: 'https://hooks.example',
  state: 'enabled',
  types: 'job.ended,payout.*',
};

/** Every event with an example. Amounts are base units of the asset; `reason` is why, where there is one. */
export const eventCatalogue: Record<EventName, EventDescription> = {
  'account.created': account('An account was opened by its wallet.', { wallet }),
  'account.restored': account('Jobs of the account are taken again.', { why: 'It was paid.' }),
  'account.suspended': account('No new jobs of the account are taken.', { why: 'A stolen card.' }),
  'agent.disabled': operator('An agent was shut out.', agentState),
  'agent.draining': operator('An agent takes nothing new.', agentState),
  'agent.enabled': operator('An agent takes work again.', { ...agentState, before: 'draining' }),
  'agent.paused': operator('An agent was paused for its failures.', {
    ...agentState,
    untilMs: 1_795_676_790_000,
  }),
  'agent.registered': operator('An agent registered, or came back with a new key.', {
    agentId,
    name: 'rig',
  }),
  'agent.unregistered': operator('An agent left for good.', agentState),
  'alert.acknowledged': account('An operator said that an alert is known.', alert),
  'alert.opened': account(
    'Something needs to be looked at; the operator’s belong to no account.',
    alert,
  ),
  'alert.resolved': account('What an alert was about is well again, or gone.', alert),
  'capacity.freed': account('A reservation ended before its time.', { reservationId, agents: 4 }),
  'capacity.reserved': account('Agents were reserved for the account.', {
    reservationId,
    agents: 4,
  }),
  'caps.changed': account('A spending cap of the account or of a key was changed.', {
    owner: keyId,
    asset: 'USDC',
    perJob: '1000000',
    open: null,
    perDay: '5000000',
    before: '- - -',
  }),
  'deposit.credited': account('A deposit was credited.', { signature, ...money, route: 'memo' }),
  'deposit.refunding': operator('A deposit nobody owns goes back.', {
    ...withdrawal,
    kind: 'refund',
  }),
  'device-login.decided': account('A login on another device was approved or denied.', {
    client: 'node3 on laptop',
    decision: 'approved',
    scopes: 'requester',
  }),
  'execution.accepted': account('An agent accepted the job.', { attempt: 1 }),
  'execution.ended': account('An attempt ended.', { attempt: 1, state: 'failed', exitCode: 3 }),
  'execution.leased': account('An agent was offered the job, in logs of older versions.', {
    attempt: 1,
  }),
  'execution.phase-changed': account('An attempt goes on.', { phase: 'pulling' }),
  'flow.created': account('A flow was saved.', flow),
  'flow.deleted': account('A flow was removed; its runs stay.', flow),
  'flow.versioned': account('A flow has a new version.', { ...flow, version: 2 }),
  'flow-run.ended': account('A run of a flow is over; `status` says how.', {
    runId,
    flowId: flow.flowId,
    status: 'error',
    nodeId: 'http',
    errorCode: 'NODE_TIMEOUT',
  }),
  'flow-run.started': account('A run of a flow began.', {
    runId,
    flowId: flow.flowId,
    rerunOf: null,
  }),
  'flow-step.ended': account('A step of a run is over.', {
    runId,
    nodeId: 'http',
    status: 'completed',
    errorCode: null,
  }),
  'flow-step.started': account('A step of a run began.', { runId, nodeId: 'http' }),
  'gpu-proof.ended': operator('The proof of a device was passed, failed, or could not be tried.', {
    ...gpuProof,
    state: 'passed',
    finding: 'right',
  }),
  'gpu-proof.issued': operator('The idle devices of an owner were challenged at once.', {
    proofId: gpuProof.proofId,
    owner: wallet,
    devices: 2,
  }),
  'gpu-proof.quarantined': operator(
    'A device has changed since its proof, which no longer counts.',
    {
      ...gpuProof,
    },
  ),
  'job.assigned': account('An agent was found for the job.', {
    attempt: 1,
    agentId,
    agentName: 'rig',
    devices: 'NVIDIA GeForce RTX 4090',
  }),
  'job.cancel-requested': account('The agent was told to stop the job.'),
  'job.dependency-failed': account('A job that this one needed did not succeed.', {
    neededJobId: jobId,
  }),
  'job.dependency-met': account('A job that this one needed has ended.', {
    neededJobId: jobId,
    open: 1,
  }),
  'job.ended': account('The job is over. A result that was reused says from which job.', {
    state: 'succeeded',
    exitCode: 0,
    cachedFrom: jobId,
  }),
  'job.posted': account('The job was posted and its price is held.', {
    held: '1050000',
    reward: '1000000',
    asset: 'SOL',
  }),
  'job.preempt-requested': account('The job has to make room for another one.'),
  'job.released': account('Nothing that the job waited for is open any more.'),
  'job.requeued': account('The job waits for another agent.'),
  'job.started': account('The job runs.', { waitMs: 812, gpus: 1 }),
  'key.created': account(
    'A key was created: by another key, or by whoever signed with the wallet.',
    {
      keyId,
      name: 'ci',
      by: 'wallet',
      capped: false,
      scopes: 'requester read-only',
    },
  ),
  'key.revoked': account('A key was revoked.', { keyId, name: 'ci' }),
  'key.rotated': account('A key got a successor and ends soon.', {
    keyId,
    name: 'ci',
    nextKeyId: 'key_01M8BAHJP5FFKREPWBXJZQ0N4X',
  }),
  'ledger.written-off': operator('A loss of the treasury was booked.', {
    transferId: 'loss:1',
    ...money,
    why: 'a lost key',
  }),
  'link.created': account('The job was shared with whoever has a link.', link),
  'link.revoked': account('A link to the job was made void.', link),
  'payout.batched': account('The payout is in a transaction.', { ...paid, signature: null }),
  'payout.cancelled': account('A withdrawal or a refund was taken back.', withdrawal),
  'payout.confirmed': account('The cluster has confirmed the payout.', paid),
  'payout.due': account('What an agent earned by the job is owed to it.', {
    payoutId,
    agentId,
    ...money,
    signature: null,
  }),
  'payout.finalized': account('The payout is final.', paid),
  'payout.held': account('The payout waits for the operator.', {
    ...paid,
    holdReason: 'recipient',
  }),
  'payout.history-accepted': operator('The operator took the treasury’s history as it is.', {
    reason: 'restored a backup',
    halted: 'unknown signature',
  }),
  'payout.started': operator('Payouts go on.', { reason: 'checked', stopped: 'a drill' }),
  'payout.stopped': operator('Payouts were stopped.', { reason: 'a drill' }),
  'payout.submitted': account('The payout was sent to the cluster.', paid),
  'provider.assigned': operator('An agent was given to another provider.', {
    agentId,
    providerId,
  }),
  'provider.changed': operator('What is said of a provider was changed.', {
    providerId,
    name: 'docker-eu',
    fields: 'capabilities,workersMax',
  }),
  'provider.deleted': operator('A provider was removed.', { providerId, name: 'docker-eu' }),
  'provider.registered': operator('A provider was registered.', {
    providerId,
    name: 'docker-eu',
    kind: 'docker',
  }),
  'provider.state-changed': operator('A provider was enabled, disabled, or put into maintenance.', {
    providerId,
    name: 'docker-eu',
    before: 'active',
    state: 'maintenance',
    why: 'new disks',
  }),
  'provider.status-changed': operator('A provider is better or worse off than before.', {
    providerId,
    name: 'docker-eu',
    before: 'active',
    status: 'degraded',
    why: '1 of 3 agents is offline.',
  }),
  'registration-token.issued': operator('A one-time token for an agent was made.', {
    tokenId,
    name: 'rig',
    wallet: null,
  }),
  'registration-token.revoked': operator('A one-time token was revoked.', {
    tokenId,
    name: null,
    wallet: null,
  }),
  'schedule.changed': account('When or how a schedule posts was changed.', schedule),
  'schedule.created': account('A schedule was created.', { ...schedule, before: null }),
  'schedule.deleted': account('A schedule was removed.', schedule),
  'schedule.ended': account('A schedule posted its last job.', { scheduleId, reason: null }),
  'schedule.fired': account('It was time for a schedule; `outcome` says what came of it.', {
    scheduleId,
    dueAt: '2026-11-26T02:30:00.000Z',
    outcome: 'posted',
    jobId,
    errorCode: null,
  }),
  'schedule.paused': account('A schedule posts no jobs; after failures `reason` says why.', {
    ...schedule,
    reason: 'Three failures in a row.',
  }),
  'schedule.resumed': account('A schedule goes on.', { ...schedule, before: 'paused' }),
  'session.ended': account('A session of a web page was ended, or all of them.', {
    sessionId: 'ses_01M8BAHJP5FFKREPWBXJZQ0N4X',
  }),
  'session.opened': account('Somebody signed in with the wallet.', {
    sessionId: 'ses_01M8BAHJP5FFKREPWBXJZQ0N4X',
    client: 'Mozilla/5.0',
  }),
  'settlement.decided': account('It was decided who pays what for the job.', {
    row: 'success',
    state: 'captured',
    charged: '1050000',
    providerShare: '1000000',
    fee: '50000',
    refund: '0',
    fromFeePool: '0',
    shortfall: '0',
    asset: 'SOL',
  }),
  'snippet.changed': account('A snippet was changed.', { ...snippet, version: 2 }),
  'snippet.created': account('A snippet was saved.', snippet),
  'snippet.deleted': account('A snippet was removed.', { ...snippet, version: 2 }),
  'switch.turned-off': operator('The operator let go what it had held back.', {
    switch: 'read-only',
    why: 'The new disk is in.',
  }),
  'switch.turned-on': operator('The operator holds something back.', {
    switch: 'read-only',
    why: 'A new disk is put in.',
  }),
  'template.archived': account('A template was archived.', { templateId, version: 2 }),
  'template.created': account('A template was created.', { templateId, version: 1 }),
  'template.hidden': account('The operator hid a template, or showed it again.', {
    templateId,
    hidden: true,
    why: 'it mines coins',
  }),
  'template.shared': account('It was said anew who may use a template.', {
    templateId,
    visibility: 'public',
  }),
  'template.versioned': account('A template got a new version.', { templateId, version: 2 }),
  'webhook.changed': account('A webhook was changed, disabled or enabled.', {
    ...webhook,
    before: 'enabled https://old.example',
  }),
  'webhook.created': account('A webhook was created.', webhook),
  'webhook.deleted': account('A webhook was removed.', webhook),
  'webhook.disabled': account('A webhook gets nothing more: its receiver is gone.', {
    ...webhook,
    state: 'disabled',
    reason: 'The receiver answered 410: it wants no more.',
  }),
  'webhook.replayed': account('The operator had a delivery sent once more.', {
    webhookId: webhook.webhookId,
    deliveryId: 'dlv_01M8BAHJE7E7XBB3J6PT750FZT',
  }),
  'webhook.rotated': account('A webhook signs with a new secret.', webhook),
  'webhook.tested': account('A test, sent to one webhook alone.', webhook),
  'withdrawal.requested': account('A withdrawal was asked for.', withdrawal),
};
