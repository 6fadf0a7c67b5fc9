import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import type { Money } from '@node3/shared/money';
import type { AskPassphrase } from '@node3/shared/passphrase';
import { claimDeposit, getDepositAddress } from '@node3/shared/routes/accounts';
import type { Rpc } from '../chain/rpc.ts';

export interface DepositRequest {
  walletPath: string;
  askPassphrase: AskPassphrase;
  money: Money;
  /** Called when the transfer is final, before it is claimed: the signature must not get lost. */
  onSent(signature: string): Promise<void>;
}

/** Sends money from the wallet to the marketplace, then has it credited to the account. */
export async function depositFunds(client: Client, rpc: Rpc, request: DepositRequest) {
  const address = await client.call(getDepositAddress, {});
  const { sendTransfer } = await import('../chain/send-transfer.ts');
  const signature = await sendTransfer(rpc, {
    walletPath: request.walletPath,
    askPassphrase: request.askPassphrase,
    to: address.wallet,
    usdcMint: address.usdcMint,
    money: request.money,
  });
  await request.onSent(signature);
  return claimWhenSeen(client, signature);
}

const claimPauseMs = 500;
/** The marketplace's own node may see the transfer a little later than ours. */
const claimTries = 60;

/** Claims a deposit, again while the marketplace does not see the transfer yet. */
export async function claimWhenSeen(client: Client, signature: string) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.call(claimDeposit, { body: { signature } });
    } catch (error) {
      const early = isMarketError(error, 'DEPOSIT_NOT_FOUND');
      if (!early || attempt === claimTries) throw error;
      await sleep(claimPauseMs);
    }
  }
}
