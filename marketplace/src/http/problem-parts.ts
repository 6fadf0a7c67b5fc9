import type { MarketError, ProblemParts } from '@node3/shared/error';
import { oauthErrors } from '@node3/shared/sign-in-error-codes';
import type { Treasury } from '../payments/treasury-port.ts';

/** What a problem says of matching and of money, in the same words whatever route it comes from. */
export function problemParts(
  treasury: Pick<Treasury, 'wallet' | 'usdcMint'>,
  { code, context }: MarketError,
): ProblemParts {
  const error = oauthErrors[code];
  if (error !== undefined) return { error };
  const { constraint, constraints, alternatives } = context;
  if (code === 'JOB_UNSATISFIABLE') return { match: { constraint, constraints, alternatives } };
  const { asset, needed, balance, missing } = context;
  // Not where the treasury itself lacks something: that is no caller's to pay.
  if (code !== 'FUNDS_INSUFFICIENT' || needed === undefined || context['operator'] === true) {
    return {};
  }
  return {
    payment: {
      asset,
      required: needed,
      available: balance,
      missing,
      mint: asset === 'USDC' ? treasury.usdcMint : null,
      wallet: treasury.wallet,
      topUp: 'POST /api/v1/deposits/intents',
    },
  };
}
