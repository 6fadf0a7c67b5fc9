import type { FaultPoint } from '../../payout-context.ts';

/** Writes of the store that a payout passes through. Around and inside each one a process may die. */
const writes = [
  'holdPayoutLease',
  'savePayoutCheckpoint',
  'holdPayouts',
  'parkPayouts',
  'unparkPayouts',
  'openBatch',
  'addAttempt pay',
  'addAttempt void',
  'changeBatch sent',
  'changeBatch voiding',
  'changeBatch void',
  'changeBatch posted',
  'resolveAttempts',
  'openReclaim',
  'closeReclaim',
  'changeExecution',
  'requestWithdrawal',
  'releasePayout',
  'settlePayouts',
] as const;

const reads = [
  'payoutCheckpoint',
  'restoredAtMs',
  'ownSignatures',
  'signedSince',
  'openBatches',
  'payout',
  'duePayouts',
  'ledgerBalance',
  'unresolvedAttempts',
  'reclaimableBatches',
  'openReclaims',
  'walletOfAgent',
  'account',
] as const;

const sends = ['send pay', 'send void', 'send reclaim'] as const;

/** All of them: the compiler asks for a new one here. */
const faultPoints: Record<FaultPoint, true> = {
  'before-open-batch': true,
  'after-open-batch': true,
  'after-sign': true,
  'after-persist': true,
  'after-send': true,
  'after-mark-sent': true,
  'after-observe': true,
  'before-re-sign': true,
  'before-post': true,
  'after-post': true,
  'before-voiding': true,
  'after-voiding': true,
  'before-void': true,
  'after-void': true,
  'after-reclaim-persist': true,
  'after-reclaim-send': true,
  'after-reclaim': true,
  'before-settle': true,
  'after-settle': true,
};

/** Every place where a process is made to die. `torn`: the power fails while the commit is written. */
export const crashBoundaries: readonly string[] = [
  ...writes.flatMap((write) => [`before ${write}`, `torn ${write}`, `after ${write}`]),
  ...reads.flatMap((read) => [`before ${read}`, `after ${read}`]),
  ...sends.flatMap((send) => [`before ${send}`, `after ${send}`]),
  ...Object.keys(faultPoints).map((point) => `at ${point}`),
];

/** Where only an operator comes who books by a signature: chaos has none, the crash points have one. */
const ofOperators = /settle|^(before|after) payout$/;

/** Those that a payout passes by itself. */
export const engineBoundaries: readonly string[] = crashBoundaries.filter(
  (boundary) => !ofOperators.test(boundary),
);

const writing = new Set<string>(writes);

export function isWrite(operation: string): boolean {
  return writing.has(operation);
}

/** Names a store call; one that does different things is told apart by what it does. */
export function operationOf(method: string, parameters: readonly unknown[]): string {
  const [first] = parameters;
  if (typeof first !== 'object' || first === null) return method;
  if (method === 'addAttempt' && 'kind' in first) return `${method} ${String(first.kind)}`;
  if (method === 'changeBatch' && 'to' in first) return `${method} ${String(first.to)}`;
  return method;
}
