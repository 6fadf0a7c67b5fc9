import type { Client } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import {
  buildDepositTransaction,
  type DepositIntent,
  sendDepositTransaction,
} from '@node3/shared/routes/deposits';
import type { ConnectedWallet } from '../../wallet/connect-wallet.ts';
import { fromBase64, toBase64 } from './base64.ts';

/**
 * Has the wallet sign the transaction that pays a link, and the marketplace send it. One that was signed
 * too late is built and signed once more. Throws WalletError and MarketError.
 */
export async function payIntent(
  client: Client,
  wallet: Pick<ConnectedWallet, 'address' | 'signTransaction'>,
  { intentId }: Pick<DepositIntent, 'intentId'>,
): Promise<{ signature: string }> {
  const params = { intentId };
  async function attempt() {
    const body = { wallet: wallet.address };
    const built = await client.call(buildDepositTransaction, { params, body });
    const signed = await wallet.signTransaction(fromBase64(built.transaction));
    return client.call(sendDepositTransaction, { params, body: { transaction: toBase64(signed) } });
  }
  try {
    return await attempt();
  } catch (error) {
    if (!isMarketError(error, 'TRANSACTION_EXPIRED')) throw error;
    return attempt();
  }
}
