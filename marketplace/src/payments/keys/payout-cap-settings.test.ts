import { formatAmount, parseAmount } from '@node3/shared/money';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../env.ts';
import { payoutCapsFor } from './payout-cap-settings.ts';

const env = (values: Record<string, string>) =>
  readConfig({ ENVIRONMENT: 'development', ...values }).payoutCaps;

describe('the caps an operator sets', () => {
  it('replace the defaults of the cluster one by one', () => {
    const caps = payoutCapsFor('mainnet-beta', env({ PAYOUT_HOUR_MAX_USDC: '7500.5' }));
    expect(formatAmount(caps.USDC.hour, 'USDC')).toBe('7500.5');
    expect(formatAmount(caps.USDC.day, 'USDC')).toBe('20000');
    expect(formatAmount(caps.SOL.payout, 'SOL')).toBe('10');
    const localnet = payoutCapsFor('localnet', env({}));
    expect(localnet.SOL.day).toBe(parseAmount('500000', 'SOL'));
  });

  it('are refused when more may go in a shorter time, naming both', () => {
    const settings = env({ PAYOUT_MAX_SOL: '60' });
    expect(() => payoutCapsFor('mainnet-beta', settings)).toThrow(
      'PAYOUT_MAX_SOL is 60, above PAYOUT_HOUR_MAX_SOL, which is 50.',
    );
    expect(() => payoutCapsFor('localnet', settings)).not.toThrow();
  });

  it('are refused when they are no amount', () => {
    for (const text of ['-1', '1e9', 'all', '0.0000000001']) {
      expect(() => env({ PAYOUT_DAY_MAX_SOL: text })).toThrow('PAYOUT_DAY_MAX_SOL');
    }
  });
});
