/** What can go wrong between a page and a wallet. Each has a text of its own: `wallet.error.<kind>`. */
export type WalletTrouble =
  | 'none'
  | 'refused'
  | 'noAccount'
  | 'otherAccount'
  | 'otherChain'
  | 'unable'
  | 'failed';

/** `detail`: what the wallet itself says, or the address it would have had to be. */
export class WalletError extends Error {
  readonly trouble: WalletTrouble;
  readonly detail: string;

  constructor(trouble: WalletTrouble, detail: string, cause?: unknown) {
    super(`wallet: ${trouble} ${detail}`.trim(), { cause });
    this.name = 'WalletError';
    this.trouble = trouble;
    this.detail = detail;
  }
}

/** EIP-1193's code, which Solana's wallets use as well. */
const refusedCode = 4001;
const refusedWords = /reject|declin|denied|cancel|refus|dismiss|abort/i;

/** Wallets throw what they like; whether their owner said no is all that is read out of it. */
export function toWalletError(cause: unknown): WalletError {
  if (cause instanceof WalletError) return cause;
  const { code, message } = Object(cause) as { code?: unknown; message?: unknown };
  const text = typeof message === 'string' ? message.slice(0, 300) : '';
  const isRefused = code === refusedCode || refusedWords.test(text);
  return new WalletError(isRefused ? 'refused' : 'failed', text, cause);
}
