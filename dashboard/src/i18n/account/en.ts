import { enSettings } from './en-settings.ts';
import { enWallet } from './en-wallet.ts';

export const en = { ...enSettings, ...enWallet };
