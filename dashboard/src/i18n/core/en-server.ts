import { type ConstraintName, constraintWords } from '@node3/shared/constraint-words';
import { type PayoutReason, payoutReasons } from '@node3/shared/payout-reasons';
import { providerStandings } from '@node3/shared/provider-standings';

type OfContract = Record<`payout.reason.${PayoutReason}` | `constraint.${ConstraintName}`, string>;

function withPrefix(prefix: string, words: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(words).map(([name, text]) => [`${prefix}.${name}`, text]);
}

const ofContract = Object.fromEntries([
  ...withPrefix('payout.reason', payoutReasons),
  ...withPrefix('constraint', constraintWords),
]) as OfContract;

/** What servers say by a code. The English words of reasons are the contract's own. */
export const enServer = {
  ...ofContract,
  'scope.word.requester': 'Requester',
  'scope.word.provider': 'Provider',
  'scope.word.agent': 'Agent',
  'scope.word.operator': 'Operator',
  'scope.word.read-only': 'Reading only',
  'health.says.store.ok': 'Writes reach the disk.',
  'health.says.store.degraded': 'New work is refused for want of room; the rest goes on.',
  'health.says.store.failed': 'The database does not accept writes.',
  'health.says.chain.ok': 'The Solana cluster answers.',
  'health.says.chain.degraded': 'The Solana cluster does not answer; payouts wait.',
  'health.says.chain.failed': 'The Solana cluster cannot be used.',
  'health.says.ledger.ok': 'The books balance.',
  'health.says.ledger.degraded': 'The books could not be checked.',
  'health.says.ledger.failed': 'The books do not balance.',
  'health.says.payouts.ok': 'Payouts are made.',
  'health.says.payouts.degraded': 'Payouts wait.',
  'health.says.payouts.failed': 'Payouts are halted.',
  'provider.stands.byOperator': providerStandings.byOperator,
  'provider.stands.none': providerStandings.none,
  'provider.stands.oneOffline': providerStandings.oneOffline,
  'provider.stands.allOffline': providerStandings.allOffline,
  'provider.stands.full': providerStandings.full,
  'provider.stands.oneIdle': providerStandings.oneIdle,
  'provider.stands.some': providerStandings.some,
  'provider.stands.oneOnline': providerStandings.oneOnline,
  'provider.stands.allOnline': providerStandings.allOnline,
};
