import { enDeposit } from './en-deposit.ts';
import { enSettings } from './en-settings.ts';
import { enUsage } from './en-usage.ts';
import { enWallet } from './en-wallet.ts';

export const en = { ...enDeposit, ...enSettings, ...enUsage, ...enWallet };
