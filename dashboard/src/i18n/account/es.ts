import type { en } from './en.ts';
import { esWallet } from './es-wallet.ts';

export const es: Record<keyof typeof en, string> = { ...esWallet };
