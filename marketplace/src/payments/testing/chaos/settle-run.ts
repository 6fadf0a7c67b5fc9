import type { ChaosRun } from './chaos-run.ts';

/** Longest time for everything to be in order again once nothing goes wrong any more, in steps. */
const settleStepsMax = 240;

/** Nothing goes wrong any more. @returns what is still wrong in the end. */
export async function settle(run: ChaosRun): Promise<string[]> {
  const { network, wallets, market, scenario } = run;
  network.heal();
  run.clock.skew(0);
  // What was due by a clock that was ahead is due by the right one an hour later.
  if (scenario.clock === 'wrong') network.skipTime(2 * 3_600_000);
  market.settleDeposits();
  wallets.thawAll();
  await market.addCapital(100_000_000n);
  let problems: string[] = [];
  for (let step = 0; step < settleStepsMax; step += 1) {
    if (step % 40 === 0) await run.survive('release', () => market.releaseHeld(run.process));
    await run.survive('request', () => market.ask(run.process));
    await run.step(step % scenario.workers, 4);
    if (step % 10 !== 9) continue;
    problems = await run.audit();
    if (problems.length === 0) return [];
    // Pauses by the clock are over, and what was signed before has expired.
    network.passSlots(160);
    network.skipTime(61_000);
  }
  return problems;
}
