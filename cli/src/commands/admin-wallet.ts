import { fundTreasury, getTreasury, type TreasuryInfo } from '@node3/shared/routes/admin';
import { type Context, connect } from '../context.ts';
import { formatFacts } from '../output/table.ts';
import { moneyText } from '../output/words.ts';

export async function showTreasury(context: Context): Promise<number> {
  const { terminal } = context;
  const treasury = await connect(context, 'operator').call(getTreasury, {});
  if (terminal.json) await terminal.object(treasury);
  else for (const line of formatTreasury(treasury)) await terminal.data(line);
  return 0;
}

export function formatTreasury(treasury: TreasuryInfo): string[] {
  const both = (money: Pick<TreasuryInfo['onChain'], 'SOL' | 'USDC'>) =>
    `${moneyText(money.SOL)}, ${moneyText(money.USDC)}`;
  return formatFacts([
    ['wallet', treasury.wallet],
    ['cluster', `${treasury.cluster} at ${treasury.rpcUrl}`],
    ['USDC mint', treasury.usdcMint],
    ['on chain', both(treasury.onChain)],
    ['liabilities', both(treasury.liabilities)],
    ['escrow', both(treasury.escrow)],
    ['operator', both(treasury.operatorAvailable)],
    ['fees', both(treasury.feeRevenue)],
    ['payouts', `${treasury.payoutsFinalized} finalized`],
  ]);
}

/** Airdrops 2 SOL to the treasury and credits the operator; a real transaction takes a moment. */
export async function fundWallet(context: Context): Promise<number> {
  const { terminal } = context;
  const client = connect(context, 'operator');
  await terminal.talk('asking the faucet; this waits until the airdrop is final');
  const funded = await client.call(fundTreasury, {}, { timeoutMs: 90_000 });
  if (terminal.json) await terminal.object(funded);
  else {
    await terminal.data(`credited   ${moneyText(funded.credited)}`);
    await terminal.data(`signature  ${funded.signature}`);
  }
  return 0;
}
