import { systemClock } from '@node3/shared/clock';
import { baseUnits, baseUnitsMax } from '@node3/shared/money';
import { createTreasurySigner } from '../keys/signer.ts';
import { describePaymentRail } from '../payment-rail.conformance.ts';
import { keyOf, newWallet, PayoutTestbed } from '../testing/payout-testbed.ts';
import { createSolanaPaymentRail } from './solana-payment-rail.ts';

describePaymentRail('solana on the embedded chain', async () => {
  const testbed = await PayoutTestbed.start();
  const { rpc, usdcMint, localnet } = testbed;
  const payoutMax = { SOL: baseUnits(baseUnitsMax), USDC: baseUnits(baseUnitsMax) };
  const all = baseUnits(baseUnitsMax);
  const caps = { payout: all, hour: all, day: all };
  const policy = {
    usdcMint,
    caps: { SOL: caps, USDC: caps },
    priorityFeeLamportsMax: 1_000_000n,
    stopped: () => null,
  };
  const signer = createTreasurySigner(keyOf(await testbed.treasury()), policy, systemClock);
  const rail = createSolanaPaymentRail({
    rpc,
    signer,
    clock: systemClock,
    options: {
      usdcMint,
      usdcAccountPolicy: { countedFor: 'everybody', owedMin: baseUnits(1n) },
      payoutMax,
      unitPriceMin: 0n,
      unitPriceMax: 100_000n,
    },
  });
  return {
    rail,
    wallet: async () => newWallet().address,
    received: (wallet, asset) =>
      asset === 'SOL' ? testbed.lamportsOf(wallet) : testbed.usdcOf(wallet),
    settle: async () => localnet.advanceSlots(4),
    expire: async () => localnet.advanceSlots(160),
    stop: () => localnet.stop(),
  };
});
