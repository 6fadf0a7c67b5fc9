import { zero } from '@node3/shared/money';
import { expect, it } from 'vitest';
import { describePaymentRail } from '../payment-rail.conformance.ts';
import { FakePaymentRail } from './fake-payment-rail.ts';

describePaymentRail('fake', async () => {
  const rail = new FakePaymentRail();
  let wallets = 0;
  return {
    rail,
    async wallet() {
      wallets += 1;
      rail.openWallet(`wallet-${wallets}`);
      return `wallet-${wallets}`;
    },
    received: async (wallet, asset) => rail.received(wallet, asset),
    settle: async () => rail.settle(),
    expire: async () => rail.advanceBlocks(200),
    stop: async () => undefined,
  };
});

it('throws for what was not programmed', async () => {
  const rail = new FakePaymentRail();
  expect(() => rail.received('nobody', 'SOL')).toThrow('has no wallet nobody');
  await expect(rail.send(Buffer.from('unknown'))).rejects.toThrow('never signed');
  await expect(
    rail.plan({ asset: 'SOL', due: [], reserved: { SOL: zero, USDC: zero }, open: [] }),
  ).resolves.toMatchObject({ take: [] });
});
