import { type Asset, assets } from '@node3/shared/money';
import { type StatementType, statementTypeNames } from '@node3/shared/routes/statements';
import { readCursor, readId, readOneOf } from './read-search.ts';

export const walletViews = ['history', 'deposit', 'withdraw'] as const;
export type WalletView = (typeof walletViews)[number];

export interface WalletSearch {
  view?: WalletView;
  type?: StatementType;
  asset?: Asset;
  cursor?: string;
  /** The payment link that is shown. */
  intent?: string;
}

export function isWalletView(value: unknown): value is WalletView {
  return walletViews.some((view) => view === value);
}

/** Keeps what the page understands of the address and drops the rest. */
export function readWalletSearch(search: Record<string, unknown>): WalletSearch {
  return {
    ...readOneOf(search, 'view', walletViews),
    ...readOneOf(search, 'type', statementTypeNames),
    ...readOneOf(search, 'asset', assets),
    ...readCursor(search),
    ...readId(search, 'intent'),
  };
}
