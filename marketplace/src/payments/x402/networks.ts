import type { Cluster } from '@node3/shared/cluster';
import type { X402Networks } from '../x402-port.ts';

/**
 * What each cluster is called: CAIP-2 in the second version of the protocol, a word in the first.
 * Localnet presents itself as devnet, since stock clients know no other test network.
 */
export const x402Networks: Record<Cluster, X402Networks> = {
  localnet: { v2: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1', v1: 'solana-devnet' },
  devnet: { v2: 'solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1', v1: 'solana-devnet' },
  testnet: { v2: 'solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z', v1: 'solana-testnet' },
  'mainnet-beta': { v2: 'solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp', v1: 'solana' },
};
