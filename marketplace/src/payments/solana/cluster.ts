import type { Cluster } from '@node3/shared/cluster';
import { MarketError } from '@node3/shared/error';
import type { ChainIdentity, PayoutStore } from '../../store/payout-store.ts';
import type { RpcPool } from './rpc.ts';
import { RpcError } from './rpc-endpoint.ts';

/** First block of each public cluster: the only name a cluster can't lie about by accident. */
const genesisClusters: Record<string, Cluster> = {
  '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d': 'mainnet-beta',
  EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG: 'devnet',
  '4uhcVJyU9pJkvQyUS88uRDiswHXSCKY3zQawwpjk2NsY': 'testnet',
};

/** Circle's USDC. On testnet the operator names a mint; localnet plants devnet's. */
const usdcMints: Record<Cluster, string | null> = {
  localnet: '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU',
  devnet: '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU',
  testnet: null,
  'mainnet-beta': 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v',
};

/** Providers of RPC that must agree before real money moves. */
const mainnetHostsMin = 2;

/** Whether real money may be moved: `allowed` only by an explicit setting of the operator. */
export type MainnetPolicy = 'refused' | 'allowed';

/** The endpoints can't be used together, or not at all; the message says what to change. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
}

/**
 * Asks every endpoint where it is. Throws ClusterError when they disagree, when the cluster is
 * unknown, or when it is mainnet and that isn't allowed; CHAIN_UNAVAILABLE when one is silent.
 */
export async function detectCluster(rpc: RpcPool, mainnet: MainnetPolicy): Promise<ChainIdentity> {
  const found = await Promise.all(rpc.urls.map((url) => identify(rpc, url)));
  const [first] = found;
  if (first === undefined || found.some((chain) => !isSameChain(chain, first))) {
    const seen = rpc.urls.map((url, i) => `${new URL(url).host} is ${found[i]?.cluster}`);
    throw new ClusterError(`The RPC endpoints belong to different clusters: ${seen.join(', ')}.`);
  }
  if (first.cluster === 'mainnet-beta') assertMainnet(rpc.urls, mainnet);
  return first;
}

function assertMainnet(urls: readonly string[], mainnet: MainnetPolicy): void {
  if (mainnet !== 'allowed') {
    throw new ClusterError(
      'The RPC endpoint is mainnet-beta, where money is real. Set ALLOW_MAINNET=true, or use devnet.',
    );
  }
  const hosts = new Set(urls.map((url) => new URL(url).host));
  if (hosts.size < mainnetHostsMin) {
    throw new ClusterError(
      'On mainnet-beta one RPC provider is not enough: it could show us a chain of its own. ' +
        'Set SOLANA_RPC_URL to endpoints of at least two, separated by a comma.',
    );
  }
}

function isSameChain(a: ChainIdentity, b: ChainIdentity): boolean {
  return a.cluster === b.cluster && a.genesisHash === b.genesisHash;
}

/**
 * Balances in a database are money of one chain. Throws ClusterError when this one was started on
 * another before; the first start decides.
 */
export async function assertSameChain(
  store: Pick<PayoutStore, 'rememberChain'>,
  chain: ChainIdentity,
): Promise<void> {
  const first = await store.rememberChain(chain);
  if (isSameChain(first, chain)) return;
  const name = ({ cluster, genesisHash }: ChainIdentity) => `${cluster} (genesis ${genesisHash})`;
  throw new ClusterError(
    `This database belongs to ${name(first)}, but SOLANA_RPC_URL leads to ${name(chain)}. ` +
      'Its balances are worth nothing there. Use endpoints of the first, or start with another ' +
      'MARKETPLACE_DATA_DIR.',
  );
}

async function identify(rpc: RpcPool, url: string): Promise<ChainIdentity> {
  try {
    const { result, localnet } = await rpc.callAt(url, 'getGenesisHash', []);
    const genesisHash = String(result);
    const cluster = localnet ? 'localnet' : genesisClusters[genesisHash];
    if (cluster !== undefined) return { cluster, genesisHash };
    if (isLoopback(url)) return { cluster: 'localnet', genesisHash };
    throw new ClusterError(`${new URL(url).host} has the unknown genesis hash ${genesisHash}.`);
  } catch (cause) {
    if (cause instanceof ClusterError) throw cause;
    const detail = cause instanceof RpcError ? cause.message : 'it does not answer';
    throw new MarketError(
      'CHAIN_UNAVAILABLE',
      { detail: `The RPC endpoint ${new URL(url).host} can't be used: ${detail}.` },
      { cause },
    );
  }
}

/** A private validator on this machine has a genesis of its own. */
function isLoopback(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

export function usdcMintOf(cluster: Cluster): string | null {
  return usdcMints[cluster];
}

/**
 * Where people can look at a transaction: in the operator's explorer, whose address has `{signature}`
 * and may have `{cluster}` in it, or else in Solana's. That one reaches no localnet: null.
 */
export function explorerUrl(
  cluster: Cluster,
  signature: string,
  template: string | null = null,
): string | null {
  if (template !== null) {
    return template.replaceAll('{signature}', signature).replaceAll('{cluster}', cluster);
  }
  if (cluster === 'localnet') return null;
  const query = cluster === 'mainnet-beta' ? '' : `?cluster=${cluster}`;
  return `https://explorer.solana.com/tx/${signature}${query}`;
}
