import { enWallet } from './en-wallet.ts';

export const en = { ...enWallet };
