import { tagsInMemos } from '../domain/deposit-tag.ts';
import type { SeenTransaction } from '../payments/deposit-source.ts';
import { faucetPurposes } from '../payments/treasury-port.ts';
import type { DepositStore, DepositTarget } from '../store/deposit-store.ts';

export interface AttributionDeps {
  store: Pick<DepositStore, 'depositIntentsByReference' | 'accountsOfTags' | 'signaturePurposes'>;
  operatorAccountId: string;
}

/**
 * Whose deposit a transaction is: airdrops to ourselves are recorded by their signature; anything
 * else is told by what it names. A reference can be added to any transaction and a memo can say
 * anything, but each pays only whoever it names; two names of different accounts decide nothing.
 */
export async function attributeDeposit(
  deps: AttributionDeps,
  seen: Pick<SeenTransaction, 'signature' | 'accounts' | 'memos'>,
): Promise<DepositTarget> {
  const airdrop = await airdropTarget(deps, seen.signature);
  if (airdrop !== null) return airdrop;
  const named = await namedAccounts(deps, seen);
  const accounts = new Set(named.map(({ accountId }) => accountId));
  const [first] = named;
  if (first === undefined) return { to: 'suspense', reason: 'unattributed' };
  return accounts.size > 1 ? { to: 'suspense', reason: 'ambiguous' } : first;
}

async function namedAccounts(
  { store }: AttributionDeps,
  seen: Pick<SeenTransaction, 'accounts' | 'memos'>,
) {
  const intents = await store.depositIntentsByReference(seen.accounts);
  const tags = tagsInMemos(seen.memos);
  const tagged = tags.length === 0 ? [] : await store.accountsOfTags(tags);
  return [
    ...intents.map(({ accountId, intentId }) => ({
      to: 'account' as const,
      route: 'reference' as const,
      accountId,
      intentId,
    })),
    ...tagged.map((accountId) => ({
      to: 'account' as const,
      route: 'memo' as const,
      accountId,
      intentId: null,
    })),
  ];
}

async function airdropTarget(
  { store, operatorAccountId }: AttributionDeps,
  signature: string,
): Promise<DepositTarget | null> {
  const purpose = (await store.signaturePurposes([signature])).get(signature);
  if (purpose === faucetPurposes.capital) return { to: 'capital', route: 'faucet' };
  if (purpose !== faucetPurposes.operator) return null;
  return { to: 'account', accountId: operatorAccountId, route: 'faucet', intentId: null };
}

/**
 * Whether a transaction is booked by whoever made it, such as a payout or an x402 payment: then it is
 * nobody's deposit, whatever it brought.
 */
export function isBookedElsewhere(purpose: string | undefined): boolean {
  const faucet: readonly string[] = Object.values(faucetPurposes);
  return purpose !== undefined && !faucet.includes(purpose);
}
