import { createClient } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { ensureKeypairFile } from '@node3/shared/keypair-file';
import { fromMoney, type Money, parseAmount, toMoney } from '@node3/shared/money';
import { refuseEncrypted } from '@node3/shared/passphrase';
import { type Account, getAccount } from '@node3/shared/routes/accounts';
import { fundTreasury, getTreasury } from '@node3/shared/routes/admin';
import { depositFunds } from '../account/deposit-funds.ts';
import { openAccount } from '../account/open-account.ts';
import { requestAirdrop } from '../chain/airdrop.ts';
import { readBalances } from '../chain/balances.ts';
import { createRpc } from '../chain/rpc.ts';
import { type DataFolder, readSecret, writeSecret } from './data-folder.ts';

export interface Requester {
  apiKey: string;
  account: Account;
  /** What was deposited now; null when the account had enough. */
  deposited: Money | null;
}

export interface FundingOptions {
  folder: DataFolder;
  marketplaceUrl: string;
  rpcUrl: string;
}

/** An account below the first amount gets the second: enough for a hundred demonstrations. */
const availableMin = parseAmount('0.1', 'SOL');
const depositAmount = toMoney(parseAmount('1', 'SOL'), 'SOL');
/** What the wallet is filled to before it pays: the deposit, its fee and the wallet's own rent. */
const walletAmount = toMoney(parseAmount('2', 'SOL'), 'SOL');

/**
 * Gives the requester an account with money in it, by the way real money takes: a transfer on
 * chain to the treasury, claimed by its signature.
 */
export async function fundRequester(options: FundingOptions): Promise<Requester> {
  const { folder, marketplaceUrl: baseUrl } = options;
  const apiKey = await ensureKey(folder, baseUrl);
  const client = createClient({ baseUrl, apiKey });
  const account = await client.call(getAccount, {});
  if (fromMoney(account.balances.SOL.available) >= availableMin) {
    return { apiKey, account, deposited: null };
  }
  const wallet = await ensureKeypairFile(folder.requesterWallet);
  const rpc = createRpc(options.rpcUrl);
  const { SOL } = await readBalances(rpc, wallet.address, null);
  if (fromMoney(SOL) < fromMoney(walletAmount)) {
    await requestAirdrop(rpc, wallet.address, walletAmount);
  }
  await depositFunds(client, rpc, {
    walletPath: folder.requesterWallet,
    askPassphrase: refuseEncrypted,
    money: depositAmount,
    onSent: async () => undefined,
  });
  return { apiKey, account: await client.call(getAccount, {}), deposited: depositAmount };
}

/** The kept key while it works; otherwise a new one for the same wallet. */
async function ensureKey(folder: DataFolder, baseUrl: string): Promise<string> {
  const kept = await readSecret(folder.requesterKey);
  if (kept !== null && (await works(baseUrl, kept))) return kept;
  const wallet = await ensureKeypairFile(folder.requesterWallet);
  const { apiKey } = await openAccount(createClient({ baseUrl }), wallet, 'first requester');
  await writeSecret(folder.requesterKey, apiKey);
  return apiKey;
}

async function works(baseUrl: string, apiKey: string): Promise<boolean> {
  try {
    await createClient({ baseUrl, apiKey }).call(getAccount, {});
    return true;
  } catch (error) {
    if (isMarketError(error, 'AUTH_INVALID')) return false;
    throw error;
  }
}

/** Below this the treasury could not pay the network's own fees and rent for long. */
const operatorMin = parseAmount('0.5', 'SOL');
const airdropMsMax = 90_000;

/** The treasury pays rent and fees from its own money, which on a real cluster the operator sends. */
export async function fundOperator(baseUrl: string, adminApiKey: string): Promise<Money> {
  const client = createClient({ baseUrl, apiKey: adminApiKey });
  const { operatorAvailable } = await client.call(getTreasury, {});
  if (fromMoney(operatorAvailable.SOL) >= operatorMin) return operatorAvailable.SOL;
  const { credited } = await client.call(fundTreasury, {}, { timeoutMs: airdropMsMax });
  return credited;
}
