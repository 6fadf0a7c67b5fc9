import type { en } from './en.ts';
import { esDeposit } from './es-deposit.ts';
import { esSettings } from './es-settings.ts';
import { esUsage } from './es-usage.ts';
import { esWallet } from './es-wallet.ts';

export const es: Record<keyof typeof en, string> = {
  ...esDeposit,
  ...esSettings,
  ...esUsage,
  ...esWallet,
};
