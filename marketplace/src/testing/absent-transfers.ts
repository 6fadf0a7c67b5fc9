import type { WalletTransfers } from '../payments/wallet-transfers.ts';

/** For tests without a chain. */
export const absentTransfers: WalletTransfers = {
  payerOf: () => null,
  build: () => Promise.reject(new Error('no chain in this test')),
  send: () => Promise.reject(new Error('no chain in this test')),
  progress: () => Promise.reject(new Error('no chain in this test')),
};
