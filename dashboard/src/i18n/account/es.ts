import type { en } from './en.ts';
import { esDeposit } from './es-deposit.ts';
import { esReceipts } from './es-receipts.ts';
import { esSettings } from './es-settings.ts';
import { esUsage } from './es-usage.ts';
import { esWallet } from './es-wallet.ts';
import { esWebhooks } from './es-webhooks.ts';

export const es: Record<keyof typeof en, string> = {
  ...esDeposit,
  ...esReceipts,
  ...esSettings,
  ...esUsage,
  ...esWallet,
  ...esWebhooks,
};
