import { resolve } from 'node:path';
import type { Cluster } from '@node3/shared/cluster';
import { isMarketError } from '@node3/shared/error';
import { fromMoney, type Money, parseAmount, toMoney, zero } from '@node3/shared/money';
import { getAccount } from '@node3/shared/routes/accounts';
import { depositFunds } from '../account/deposit-funds.ts';
import { createRpc } from '../chain/rpc.ts';
import { findWallet } from '../commands/wallet-show.ts';
import { rememberProfile } from '../config-file.ts';
import { type Context, connect } from '../context.ts';
import { askPassphrase } from '../output/ask-passphrase.ts';
import { moneyText } from '../output/words.ts';
import { parseMoney } from '../parse/money.ts';
import { askYes } from './ask.ts';

export interface CreditOptions {
  credits?: string;
  rpc?: string;
  wallet?: string;
}

const creditsDefault = '0.1';
/** What the transfer itself costs, and what keeps the wallet's own account alive. */
const spare = parseAmount('0.01', 'SOL');

/** Play money from the faucet of localnet or devnet, deposited; elsewhere says how money comes in. */
export async function getCredits(
  context: Context,
  cluster: Cluster,
  options: CreditOptions,
): Promise<void> {
  const { host, terminal } = context;
  const client = connect(context, 'requester');
  const { SOL, USDC } = (await client.call(getAccount, {})).balances;
  await terminal.talk(`You have ${moneyText(SOL.available)} and ${moneyText(USDC.available)}.`);
  const isEmpty = fromMoney(SOL.available) === zero && fromMoney(USDC.available) === zero;
  const isPlay = cluster === 'localnet' || cluster === 'devnet';
  if (!isPlay) {
    if (isEmpty) await terminal.talk(`Pay in with any Solana wallet: ${host.command} deposit`);
    return;
  }
  const money = parseMoney('--credits', options.credits ?? creditsDefault, 'SOL');
  const question = `Get ${moneyText(money)} of play money from the faucet of ${cluster}?`;
  if (options.credits === undefined && !(isEmpty && (await askYes(context, question)))) {
    if (isEmpty) await terminal.talk(`For play money: ${host.command} init --credits 0.1`);
    return;
  }
  await fetchCredits(context, money, options);
}

/** A faucet that gives nothing now stops nobody: what else there is to do is done. */
async function fetchCredits(
  context: Context,
  money: Money,
  { rpc: rpcUrl, wallet }: CreditOptions,
): Promise<void> {
  const { host, terminal } = context;
  const rpc = createRpc(rpcUrl ?? context.rpcUrl);
  const { address, path } = await findWallet(context, wallet);
  try {
    const { requestAirdrop } = await import('../chain/airdrop.ts');
    await requestAirdrop(rpc, address, toMoney(fromMoney(money) + spare, money.asset));
  } catch (error) {
    if (!isMarketError(error, 'FAUCET_UNAVAILABLE') && !isMarketError(error, 'CHAIN_UNAVAILABLE')) {
      throw error;
    }
    const { detail } = error.context;
    await terminal.complain(`The faucet gave nothing: ${detail ?? error.message}`);
    await terminal.complain(`Later: ${host.command} init --credits 0.1   (--rpc names the node)`);
    return;
  }
  const deposited = await depositFunds(connect(context, 'requester'), rpc, {
    walletPath: resolve(host.cwd, path),
    askPassphrase: askPassphrase(host),
    money,
    onSent: async () => undefined,
  });
  if (rpcUrl !== undefined) await rememberProfile(context.configPath, context.place, { rpcUrl });
  await terminal.talk(`Deposited ${deposited.credited.map(moneyText).join(', ')}.`);
}
