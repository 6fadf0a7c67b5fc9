/**
 * Names of the ledger's accounts. A transfer debits one and credits another. A debit-normal
 * account holds what we have (the treasury), a credit-normal one what we owe or earned.
 */

/** Money on chain in the treasury wallet. Debit-normal. */
export const chainTreasury = 'chain:treasury';
/** Lamports in accounts we opened, to come back when they are closed. Debit-normal. */
export const rentFloat = 'rent:float';
/** Transaction fees paid to the cluster. Debit-normal. */
export const feeNetwork = 'fee:network';
/** What the marketplace earned. Credit-normal. */
export const feeRevenue = 'fee:revenue';
/** What the operator put in. Credit-normal. */
export const operatorCapital = 'operator:capital';
/** Deposits whose owner is not known yet. Credit-normal. */
export const suspense = 'suspense';
/** Deposits on their way back to the wallet they came from: nobody can claim them meanwhile. Credit-normal. */
export const suspenseRefunding = 'suspense:refunding';

/** Payments that are confirmed and credited, but not final on chain yet. Debit-normal. */
export const x402Inbound = 'x402:inbound';

/** Money an account may spend. Credit-normal. */
export function userAvailable(accountId: string): string {
  return `user:${accountId}:available`;
}

/** Money an account has asked to be paid out. Credit-normal. */
export function userWithdrawing(accountId: string): string {
  return `user:${accountId}:withdrawing`;
}

/** The price of one job, from its posting to its settlement. Credit-normal. */
export function heldForJob(jobId: string): string {
  return `held:${jobId}`;
}

/** What an agent earned and was not paid yet. Credit-normal. */
export function providerPayable(agentId: string): string {
  return `provider:${agentId}:payable`;
}

/** Accounts of one class add up to one line of the balance sheet. */
export const ledgerClasses = [
  'treasury',
  'rent_float',
  'network_fee',
  'available',
  'held',
  'payable',
  'fee_revenue',
  'operator_capital',
  'suspense',
  'x402_inbound',
  'suspense_refunding',
  'withdrawing',
] as const;
export type LedgerClass = (typeof ledgerClasses)[number];

const classOfName = new Map<string, LedgerClass>([
  [chainTreasury, 'treasury'],
  [rentFloat, 'rent_float'],
  [feeNetwork, 'network_fee'],
  [feeRevenue, 'fee_revenue'],
  [operatorCapital, 'operator_capital'],
  [suspense, 'suspense'],
  [x402Inbound, 'x402_inbound'],
  [suspenseRefunding, 'suspense_refunding'],
]);

const classPatterns: readonly [RegExp, LedgerClass][] = [
  [/^user:[^:]+:available$/, 'available'],
  [/^user:[^:]+:withdrawing$/, 'withdrawing'],
  [/^held:[^:]+$/, 'held'],
  [/^provider:[^:]+:payable$/, 'payable'],
];

/** Throws for a name that none of the above makes: money must not end up where nobody looks. */
export function ledgerClassOf(account: string): LedgerClass {
  const named = classOfName.get(account);
  if (named !== undefined) return named;
  for (const [pattern, ledgerClass] of classPatterns) {
    if (pattern.test(account)) return ledgerClass;
  }
  throw new Error(`unknown ledger account ${account}`);
}

export type LedgerSide = 'debit' | 'credit';

/** The side on which accounts of a class grow. No balance is ever negative there. */
export const normalSides: Record<LedgerClass, LedgerSide> = {
  treasury: 'debit',
  rent_float: 'debit',
  network_fee: 'debit',
  available: 'credit',
  held: 'credit',
  payable: 'credit',
  fee_revenue: 'credit',
  operator_capital: 'credit',
  suspense: 'credit',
  x402_inbound: 'debit',
  suspense_refunding: 'credit',
  withdrawing: 'credit',
};

/** Of the credit side, these are the operator's own; everything else there is owed to somebody. */
const ownClasses: readonly LedgerClass[] = ['fee_revenue', 'operator_capital'];

/** Classes whose money is owed: no less than this must be on chain. */
export const liabilityClasses: readonly LedgerClass[] = ledgerClasses.filter(
  (ledgerClass) => normalSides[ledgerClass] === 'credit' && !ownClasses.includes(ledgerClass),
);

/** The job whose hold an account is; null for any other account. */
export function jobOfHold(account: string): string | null {
  return /^held:(.+)$/.exec(account)?.[1] ?? null;
}
