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
