/** Every number that bounds what the localnet accepts, keeps or sends. Each says where it comes from. */

/** Largest legacy or v0 transaction, bytes: one IPv6 packet less its headers, as on every cluster. */
export const transactionBytesMax = 1232;
/** Largest v1 transaction, bytes (SIMD-0296). */
export const transactionV1BytesMax = 4096;

/** A blockhash is good for this many blocks after its own. */
export const blockhashAgeMax = 150;
/** How many blockhashes a node remembers; also the depth of the SlotHashes sysvar we keep. */
export const blockhashesKept = 301;
/** Statuses older than this many slots need `searchTransactionHistory`, as in Agave's status cache. */
export const statusSlotsRecent = 300;

/** Transactions kept for history; the oldest leave first. About 4 kB each, so 80 MB at worst. */
export const transactionsKept = 20_000;
/** Block times kept for `getBlock` and `getBlockTime`: forty minutes at 250 ms. */
export const blockTimesKept = 10_000;
/** Transactions that a delay fault may hold back at once. */
export const transactionsDelayedMax = 10_000;

/** The furthest a node opened with `openNode` may lag, slots; account history reaches back this far. */
export const nodeLagSlotsMax = 300;
/** The largest confirmed or finalized lag, slots: 32 is TowerBFT's own. */
export const commitmentLagSlotsMax = 64;
/** The most slots one `advanceSlots` call makes. */
export const advanceSlotsMax = 10_000;
/** Shortest slot, milliseconds: below this the timer, not the virtual machine, sets the pace. */
export const slotMsMin = 10;
export const slotMsMax = 60_000;
/** A node further behind than this answers `getHealth` with an error, as Agave does. */
export const healthySlotsBehindMax = 128;

export const httpBodyBytesMax = 512 * 1024;
export const httpConnectionsMax = 1024;
export const batchRequestsMax = 100;
export const websocketMessageBytesMax = 64 * 1024;
export const websocketConnectionsMax = 256;
export const subscriptionsPerSocketMax = 256;
/** A socket that reads slower than we send is cut once this much waits for it. */
export const websocketBacklogBytesMax = 4 * 1024 * 1024;

/** The four below are Agave's own limits, which clients are written against. */
export const signaturesPerCallMax = 256;
export const accountsPerCallMax = 100;
export const signaturesForAddressMax = 1000;
export const feeAddressesMax = 128;
export const programFiltersMax = 4;
/** Agave refuses base 58 for larger account data, because encoding it is quadratic. */
export const base58DataBytesMax = 128;
export const blocksPerCallMax = 1000;

export const faultsMax = 1000;
export const faultSlotsMax = 100_000;
export const faultMsMax = 10 * 60_000;
export const nodesMax = 8;

/** 1000 SOL per request: far above what a demo needs, far below the faucet's own balance. */
export const airdropLamportsMax = 1_000_000_000_000n;
/** 1 000 000 USDC per request. */
export const airdropUsdcMax = 1_000_000_000_000n;

/** Ten times what rent ever was; beyond it the faucet's own accounts would not be kept. */
export const rentLamportsPerByteMax = 69_600n;
