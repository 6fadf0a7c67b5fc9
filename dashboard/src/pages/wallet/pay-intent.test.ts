import type { Client } from '@node3/shared/client';
import { MarketError } from '@node3/shared/error';
import { buildDepositTransaction } from '@node3/shared/routes/deposits';
import { expect, it } from 'vitest';
import { toBase64 } from './base64.ts';
import { payIntent } from './pay-intent.ts';

const intent = { intentId: 'int_1' };

/** A marketplace that takes a transaction after `late` of them came too late. */
function setUp(late: number) {
  const asked: string[] = [];
  let left = late;
  const client = {
    async call(contract: { url: string }, { body }: { body: object }) {
      asked.push(contract.url.split('/').at(-1) ?? '');
      if (contract === buildDepositTransaction)
        return { transaction: toBase64(Uint8Array.of(1, 255)) };
      if (left > 0) {
        left -= 1;
        throw new MarketError('TRANSACTION_EXPIRED');
      }
      return { signature: JSON.stringify(body) };
    },
  } as unknown as Client;
  const wallet = {
    address: 'mine',
    signTransaction: async (bytes: Uint8Array) => Uint8Array.from([...bytes, 7]),
  };
  return { asked, client, wallet };
}

it('sends what the wallet signed, to the byte', async () => {
  const { asked, client, wallet } = setUp(0);
  const { signature } = await payIntent(client, wallet, intent);
  expect(signature).toBe(JSON.stringify({ transaction: toBase64(Uint8Array.of(1, 255, 7)) }));
  expect(asked).toEqual(['transaction', 'send']);
});

it('builds a transaction that came too late once more, and no third time', async () => {
  const once = setUp(1);
  await payIntent(once.client, once.wallet, intent);
  expect(once.asked).toEqual(['transaction', 'send', 'transaction', 'send']);
  const twice = setUp(2);
  await expect(payIntent(twice.client, twice.wallet, intent)).rejects.toMatchObject({
    code: 'TRANSACTION_EXPIRED',
  });
  expect(twice.asked).toHaveLength(4);
});
