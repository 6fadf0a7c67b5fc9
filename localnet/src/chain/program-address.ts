/** Addresses of programs and mints that the node itself has to know. */
export const systemProgram = '11111111111111111111111111111111';
export const tokenProgram = 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA';
export const token2022Program = 'TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb';
export const associatedTokenProgram = 'ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL';
export const computeBudgetProgram = 'ComputeBudget111111111111111111111111111111';
export const lookupTableProgram = 'AddressLookupTab1e1111111111111111111111111';
export const upgradeableLoader = 'BPFLoaderUpgradeab1e11111111111111111111111';
export const memoPrograms: ReadonlySet<string> = new Set([
  'Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo',
  'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr',
]);
/** Programs inside the validator: they get 3 000 compute units by default instead of 200 000. */
export const builtinPrograms: ReadonlySet<string> = new Set([
  systemProgram,
  computeBudgetProgram,
  upgradeableLoader,
  'Vote111111111111111111111111111111111111111',
  'BPFLoader1111111111111111111111111111111111',
  'BPFLoader2111111111111111111111111111111111',
  'LoaderV411111111111111111111111111111111111',
]);
/** Precompiles whose first data byte counts signatures that are paid for like the transaction's own. */
export const signaturePrecompiles: ReadonlySet<string> = new Set([
  'Ed25519SigVerify111111111111111111111111111',
  'KeccakSecp256k11111111111111111111111111111',
  'Secp256r1SigVerify1111111111111111111111111',
]);

export const tokenPrograms: ReadonlySet<string> = new Set([tokenProgram, token2022Program]);

/** Devnet's USDC. `@x402/svm` and wallets accept no other mint on this genesis hash. */
export const devnetUsdcMint = '4zMMC9srt5Ri5X14GAgXhaHii3GnPAEERYPJgZJDncDU';
/** Devnet's genesis hash; its first 32 characters are the CAIP-2 reference. */
export const devnetGenesisHash = 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG';
