import { TransactionRejected } from '@node3/localnet/chain/transaction-accounts';
import { count } from '../../../testing/counter.ts';
import type { RunTrace } from '../../../testing/run-trace.ts';
import type { SeededRandom } from '../../../testing/seeded-random.ts';
import type { ChaosNetwork } from './chaos-network.ts';

/**
 * The cluster leaves a branch: what it showed as processed or confirmed never happened. What others
 * sent lands on the new branch at once; what the treasury sent lands at once, later, or never.
 */
export function fork(
  network: ChaosNetwork,
  treasury: string,
  random: SeededRandom,
  trace: RunTrace,
): void {
  const { chain } = network.localnet;
  const slots = random.integer(1, chain.lags.finalized);
  const dropped = chain.fork(slots);
  for (const { wire } of dropped) {
    const isOurs = wire.message.staticKeys[0] === treasury;
    const fate = isOurs ? random.pick(['now', 'later', 'never'] as const) : 'now';
    trace.add(`fork of ${slots} slots takes back ${wire.signature}, which lands ${fate}`);
    if (isOurs) count(network.faults, `forked-${fate}`);
    if (fate === 'now') landAgain(network, wire);
    if (fate === 'later') chain.landLater(wire, random.integer(1, 160));
  }
}

type Wire = Parameters<ChaosNetwork['localnet']['chain']['land']>[0];

function landAgain({ localnet }: ChaosNetwork, wire: Wire): void {
  try {
    localnet.chain.land(wire);
  } catch (error) {
    if (!(error instanceof TransactionRejected)) throw error;
  }
}
