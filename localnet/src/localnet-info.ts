import type { Chain } from './chain/chain.ts';
import { devnetGenesisHash, devnetUsdcMint } from './chain/program-address.ts';
import type { Faucet } from './faucet/faucet.ts';

/** Answer of `localnet_info`, by which a client can tell this chain from the devnet it presents. */
export interface LocalnetInfo {
  localnet: true;
  genesisHash: string;
  caip2: string;
  usdcMint: string;
  /** Address of the faucet: it pays airdrops and is the mint authority of USDC. */
  faucet: string;
  slot: number;
  /** Milliseconds per slot, or `manual`. */
  slotMs: number | 'manual';
  lagSlots: number;
}

/** Answers `localnet_info` for each node. */
export function describeLocalnet(chain: Chain, faucet: Faucet, slotMs: LocalnetInfo['slotMs']) {
  return (view: { lagSlots: number }): LocalnetInfo => ({
    localnet: true,
    genesisHash: devnetGenesisHash,
    caip2: `solana:${devnetGenesisHash.slice(0, 32)}`,
    usdcMint: devnetUsdcMint,
    faucet: faucet.address,
    slot: chain.slot,
    slotMs,
    lagSlots: view.lagSlots,
  });
}
