export interface SolanaPayRequest {
  recipient: string;
  /** null for SOL. */
  mint: string | null;
  /** Decimal, in whole units; null lets the payer choose. */
  amount: string | null;
  reference: string;
  memo: string;
}

/** A transfer request as in docs.solanapay.com/spec: what wallets read from a link or a QR code. */
export function solanaPayUrl(request: SolanaPayRequest): string {
  const { recipient, mint, amount, reference, memo } = request;
  const fields: [string, string | null][] = [
    ['amount', amount],
    ['spl-token', mint],
    ['reference', reference],
    ['label', 'node³'],
    ['message', 'Deposit to your account'],
    ['memo', memo],
  ];
  const query = fields.flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `solana:${recipient}?${query.join('&')}`;
}
