import type { AlertFacts, AlertRule } from '@node3/shared/alert-rules';
import { type Asset, assets, type BaseUnits, formatAmount, zero } from '@node3/shared/money';

/** Where alerts begin. They end only well on the other side, so that nothing flaps. */
export interface AlertThresholds {
  /** How long one that is over is kept. */
  resolvedKeptMs: number;
  agentOfflineMs: number;
  queueOldestMs: number;
  paymentPendingMs: number;
  webhookFailingMs: number;
  /** Share of the disk that is free, 0 to 1. */
  diskFreeRatio: number;
  /** Of the treasury, lamports. */
  treasuryLamports: BaseUnits;
  /** Of an account that posts jobs. */
  balance: Record<Asset, BaseUnits>;
}

/** What was found. null is unknown: it opens and resolves nothing. */
export interface AlertSight {
  nowMs: number;
  agents: { agentId: string; name: string; accountId: string | null; silentMs: number }[];
  oldestQueuedMs: number | null;
  /** Age of the oldest payout that is due or sent, per asset. */
  oldestPaymentMs: Record<Asset, number> | null;
  treasuryLamports: BaseUnits | null;
  ledgerProblem: string | null;
  diskFreeRatio: number | null;
  /** Of accounts that posted lately, and of those whose alert is open. */
  balances: { accountId: string; asset: Asset; available: BaseUnits }[];
  webhooks: { webhookId: string; accountId: string; failingMs: number }[];
}

/** `bad` opens an alert, `good` resolves it, `between` leaves it as it is. */
export interface AlertCondition {
  rule: AlertRule;
  subject: string;
  accountId: string | null;
  level: 'bad' | 'between' | 'good';
  detail: string;
  /** What `detail` is made of; null where it is a sentence of its own. */
  facts: AlertFacts | null;
}

/** How much better than where it opened something has to be before an alert ends. */
const recovery = 1.25;

/** Says of everything that is watched how it is. What is not named is gone, and its alert with it. */
export function alertConditions(facts: AlertSight, limits: AlertThresholds): AlertCondition[] {
  return [
    ...agentConditions(facts, limits),
    ...marketConditions(facts, limits),
    ...moneyConditions(facts, limits),
    ...webhookConditions(facts, limits),
  ];
}

function agentConditions({ agents }: AlertSight, limits: AlertThresholds): AlertCondition[] {
  return agents.map(({ agentId, name, accountId, silentMs }) => ({
    rule: 'agent-offline',
    subject: agentId,
    accountId,
    level: tooHigh(silentMs, limits.agentOfflineMs),
    detail: `The agent ${name} has said nothing for ${minutes(silentMs)}.`,
    facts: { name, ms: silentMs },
  }));
}

function marketConditions(facts: AlertSight, limits: AlertThresholds): AlertCondition[] {
  const { oldestQueuedMs, diskFreeRatio } = facts;
  const free = Math.floor((diskFreeRatio ?? 0) * 100);
  return [
    own('queue-old', 'queue', {
      level: tooHigh(oldestQueuedMs ?? 0, limits.queueOldestMs),
      detail: `The oldest job has waited for ${minutes(oldestQueuedMs ?? 0)}.`,
      facts: { ms: oldestQueuedMs ?? 0 },
    }),
    own('disk-full', 'disk', {
      level: diskFreeRatio === null ? 'between' : tooLow(diskFreeRatio, limits.diskFreeRatio),
      detail: `${free} % of the disk are free.`,
      facts: { freeRatio: diskFreeRatio ?? 0 },
    }),
  ];
}

function moneyConditions(facts: AlertSight, limits: AlertThresholds): AlertCondition[] {
  const { oldestPaymentMs, treasuryLamports, ledgerProblem, balances } = facts;
  const stuck = assets.map((asset) => {
    const ageMs = oldestPaymentMs?.[asset] ?? 0;
    return own('payment-stuck', asset, {
      level: oldestPaymentMs === null ? 'between' : tooHigh(ageMs, limits.paymentPendingMs),
      detail: `The oldest payout in ${asset} has waited for ${minutes(ageMs)}.`,
      facts: { asset, ms: ageMs },
    });
  });
  const low = balances.map(
    ({ accountId, asset, available }): AlertCondition => ({
      rule: 'balance-low',
      subject: `${accountId} ${asset}`,
      accountId,
      level: tooLittle(available, limits.balance[asset]),
      detail: `${formatAmount(available, asset)} ${asset} are left to post jobs with.`,
      facts: { asset, amount: formatAmount(available, asset) },
    }),
  );
  return [
    ...stuck,
    ...low,
    own('treasury-low', 'treasury', {
      level:
        treasuryLamports === null
          ? 'between'
          : tooLittle(treasuryLamports, limits.treasuryLamports),
      detail: `The treasury holds ${formatAmount(treasuryLamports ?? zero, 'SOL')} SOL.`,
      facts: { asset: 'SOL', amount: formatAmount(treasuryLamports ?? zero, 'SOL') },
    }),
    own('ledger-broken', 'ledger', {
      level: ledgerProblem === null ? 'good' : 'bad',
      detail: ledgerProblem ?? 'The ledger adds up.',
      facts: null,
    }),
  ];
}

function webhookConditions({ webhooks }: AlertSight, limits: AlertThresholds): AlertCondition[] {
  return webhooks.map(({ webhookId, accountId, failingMs }) => ({
    rule: 'webhook-failing',
    subject: webhookId,
    accountId,
    level: tooHigh(failingMs, limits.webhookFailingMs),
    detail: `Nothing could be sent for ${minutes(failingMs)}.`,
    facts: { ms: failingMs },
  }));
}

function own(
  rule: AlertRule,
  subject: string,
  found: Pick<AlertCondition, 'level' | 'detail' | 'facts'>,
): AlertCondition {
  return { rule, subject, accountId: null, ...found };
}

function tooHigh(value: number, limit: number): AlertCondition['level'] {
  if (value >= limit) return 'bad';
  return value * recovery <= limit ? 'good' : 'between';
}

function tooLow(value: number, limit: number): AlertCondition['level'] {
  if (value <= limit) return 'bad';
  return value >= limit * recovery ? 'good' : 'between';
}

/** The same for money, which is never a floating-point number. */
function tooLittle(value: bigint, limit: bigint): AlertCondition['level'] {
  if (value <= limit) return 'bad';
  return value * 4n >= limit * 5n ? 'good' : 'between';
}

function minutes(ms: number): string {
  const whole = Math.floor(ms / 60_000);
  return whole < 120 ? `${whole} min` : `${Math.floor(whole / 60)} h`;
}
