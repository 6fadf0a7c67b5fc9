/** The Solana clusters there are. `localnet` is the embedded one, where money is play money. */
export const clusters = ['localnet', 'devnet', 'testnet', 'mainnet-beta'] as const;
export type Cluster = (typeof clusters)[number];
