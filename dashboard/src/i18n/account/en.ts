import { enDeposit } from './en-deposit.ts';
import { enReceipts } from './en-receipts.ts';
import { enSettings } from './en-settings.ts';
import { enUsage } from './en-usage.ts';
import { enWallet } from './en-wallet.ts';
import { enWebhooks } from './en-webhooks.ts';

export const en = {
  ...enDeposit,
  ...enReceipts,
  ...enSettings,
  ...enUsage,
  ...enWallet,
  ...enWebhooks,
};
