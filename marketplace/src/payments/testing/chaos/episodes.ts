import type { Asset } from '@node3/shared/money';
import type { SeededRandom } from '../../../testing/seeded-random.ts';
import type { ChaosRun } from './chaos-run.ts';
import type { ChaosWallet, Misfortune } from './chaos-wallets.ts';

type Episode = (run: ChaosRun, random: SeededRandom) => Promise<void>;

/** Coincidences that chance alone makes too seldom, because several things have to come together. */
const episodes: readonly Episode[] = [
  (run, random) => strikeInFlight(run, random, 'USDC', ['close', 'close', 'freeze', 're-own']),
  (run, random) => strikeInFlight(run, random, 'SOL', ['drain']),
  loseUntilExpired,
];

export async function playEpisode(run: ChaosRun, random: SeededRandom): Promise<void> {
  await random.pick(episodes)(run, random);
}

/** Something happens to a recipient between the signing and the landing. */
async function strikeInFlight(
  run: ChaosRun,
  random: SeededRandom,
  asset: Asset,
  misfortunes: readonly Misfortune[],
): Promise<void> {
  const misfortune = random.pick(misfortunes);
  const wallet = run.wallets.all.find((candidate) => run.wallets.isPossible(candidate, misfortune));
  if (wallet === undefined) return;
  const slots = random.integer(2, 8);
  const faults = onEveryNode(run, 'send delayed', { action: 'delay', slots });
  await earn(run, wallet, asset, BigInt(random.integer(1, 600_000)));
  await run.step(0, 0);
  run.wallets.inflict(wallet, misfortune);
  run.network.passSlots(slots);
  for (const fault of faults) fault.remove();
  for (let step = 0; step < 4; step += 1) await run.step(0, 1 + run.scenario.finalizedLagSlots);
}

/** Nothing that is sent arrives until it is too late, and another attempt is needed. */
async function loseUntilExpired(run: ChaosRun, random: SeededRandom): Promise<void> {
  const faults = onEveryNode(run, 'send dropped', { action: 'drop' });
  const asset = random.pick(['SOL', 'USDC'] as const);
  await earn(
    run,
    random.pick(run.wallets.all),
    asset,
    BigInt(random.integer(1_000_000, 5_000_000)),
  );
  for (let step = 0; step < 2; step += 1) await run.step(0, 1);
  run.network.passSlots(152 + run.scenario.finalizedLagSlots);
  await run.step(0, 1);
  for (const fault of faults) fault.remove();
}

function onEveryNode(
  { network }: ChaosRun,
  name: string,
  action: { action: 'delay'; slots: number } | { action: 'drop' },
) {
  return network.nodes.map((_, node) =>
    network.addFault(node, name, { method: 'sendTransaction', times: null, ...action }),
  );
}

/** The money for it is in the treasury before the next step. */
async function earn(run: ChaosRun, wallet: ChaosWallet, asset: Asset, amount: bigint) {
  await run.market.addJob(wallet, asset, amount);
  run.network.passSlots(2 + run.scenario.confirmedLagSlots);
  await run.survive('request', () => run.market.ask(run.process));
}
