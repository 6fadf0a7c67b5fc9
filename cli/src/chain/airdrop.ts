import { setTimeout as sleep } from 'node:timers/promises';
import { MarketError } from '@node3/shared/error';
import { fromMoney, type Money } from '@node3/shared/money';
import { type Rpc, RpcError } from './rpc.ts';
import { isFinalized } from './send-transfer.ts';

const pollMs = 200;
/** Finality takes 13 s on a real test cluster and under a second on localnet. */
const finalMsMax = 90_000;

/** Asks the cluster's faucet for money and waits until it is final. Throws FAUCET_UNAVAILABLE. */
export async function requestAirdrop(rpc: Rpc, wallet: string, money: Money): Promise<string> {
  let signature: string;
  try {
    // USDC has a faucet on localnet only; elsewhere the node does not know the method.
    const method = money.asset === 'SOL' ? 'requestAirdrop' : 'localnet_airdropUsdc';
    signature = String(await rpc.call(method, [wallet, Number(fromMoney(money))]));
  } catch (cause) {
    if (!(cause instanceof RpcError)) throw cause;
    throw new MarketError('FAUCET_UNAVAILABLE', { detail: cause.message }, { cause });
  }
  for (let waitedMs = 0; waitedMs < finalMsMax; waitedMs += pollMs) {
    if (await isFinalized(rpc, signature)) return signature;
    await sleep(pollMs);
  }
  const detail = `The airdrop ${signature} was not finalized in ${finalMsMax / 1000} s.`;
  throw new MarketError('CHAIN_UNAVAILABLE', { detail });
}
