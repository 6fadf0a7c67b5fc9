import type { ChaosRun } from './chaos-run.ts';
import type { ChaosWallet } from './chaos-wallets.ts';
import { settle } from './settle-run.ts';

/**
 * A life in which a payout passes every boundary there is: paid at once, signed again after its
 * transaction expired, voided because somebody closed an account, held and released, too small for
 * now, and its receipt's rent brought back.
 * @returns what is wrong in the end.
 */
export async function liveEventfully(run: ChaosRun): Promise<string[]> {
  const { network, wallets, market } = run;
  const { faucet } = network.localnet;
  const [fresh, payee, closing, stolen] = wallets.all;
  if (!fresh || !payee || !closing || !stolen) throw new Error('the run has four wallets');
  wallets.inflict(fresh, 'drain');
  for (const { address } of [payee, closing, stolen]) faucet.mintUsdc(address, 1n);
  await loseEverySend(run, payee);
  await closeAccountInFlight(run, payee, closing);
  wallets.inflict(stolen, 're-own');
  await market.addJob(stolen, 'USDC', 7_000n);
  await market.addJob(fresh, 'SOL', 10n);
  network.passSlots(2);
  await steps(run, 6);
  await settleByHand(run, payee);
  await run.survive('release', () => market.releaseHeld(run.process));
  await steps(run, 3);
  network.passSlots(400);
  network.skipTime(61_000);
  await steps(run, 4);
  network.skipTime(run.scenario.settings.receiptKeptMs + 1);
  await steps(run, 12);
  return settle(run);
}

/** Nothing that is sent arrives, until the transaction has expired. */
async function loseEverySend(run: ChaosRun, payee: ChaosWallet): Promise<void> {
  const { network, market } = run;
  const rule = { method: 'sendTransaction', action: 'drop', times: null } as const;
  const fault = network.addFault(0, 'send dropped', rule);
  await market.addJob(payee, 'SOL', 5_000_000n);
  await market.addJob(payee, 'USDC', 2_000_000n);
  await market.addWithdrawal(payee, 'SOL', 3_000_000n);
  await steps(run, 3);
  network.passSlots(160);
  await steps(run, 2);
  fault.remove();
  await steps(run, 8);
}

/** The account is gone when the transaction lands. */
async function closeAccountInFlight(
  run: ChaosRun,
  payee: ChaosWallet,
  closing: ChaosWallet,
): Promise<void> {
  const { network, wallets, market } = run;
  network.addFault(0, 'send delayed', { method: 'sendTransaction', action: 'delay', slots: 3 });
  await market.addJob(payee, 'USDC', 1_000_000n);
  await market.addJob(closing, 'USDC', 3_000_000n);
  network.passSlots(2);
  await run.survive('request', () => market.ask(run.process));
  await run.step(0, 0);
  wallets.inflict(closing, 'close');
  network.passSlots(3);
  await steps(run, 16);
}

/** A payout was paid by a process whose database was lost; the operator says so. */
async function settleByHand(run: ChaosRun, payee: ChaosWallet): Promise<void> {
  const { market, network } = run;
  await market.addJob(payee, 'SOL', 6_000_000n);
  network.passSlots(2);
  await run.survive('request', () => market.ask(run.process));
  const { payoutId, signature } = await market.payElsewhere(run.process, payee);
  network.passSlots(4);
  for (let tries = 0; tries < 2; tries += 1) {
    await run.survive('settle', async () => {
      await run.process.engines[0]?.settle([payoutId], signature);
    });
  }
}

async function steps(run: ChaosRun, count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    await run.survive('request', () => run.market.ask(run.process));
    await run.step(0, 1);
  }
}
