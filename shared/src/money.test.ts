import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMarketError } from './error.ts';
import {
  assets,
  baseUnits,
  baseUnitsMax,
  formatAmount,
  parseAmount,
  share,
  subtract,
} from './money.ts';

const amounts = fc.bigInt({ min: 0n, max: baseUnitsMax });

describe('amounts', () => {
  it('[7.04] survive being written and read, whatever their size', () => {
    fc.assert(
      fc.property(amounts, fc.constantFrom(...assets), (value, asset) => {
        const text = formatAmount(value, asset);
        if ((text.split('.')[0]?.length ?? 0) > 12) return;
        expect(parseAmount(text, asset)).toBe(value);
      }),
    );
  });

  it.each([
    ['0.001', 'SOL', 1_000_000n],
    ['1', 'USDC', 1_000_000n],
    ['0.000000001', 'SOL', 1n],
    ['1.500000000', 'USDC', 1_500_000n],
    ['0', 'SOL', 0n],
  ] as const)('reads %s %s exactly', (text, asset, value) => {
    expect(parseAmount(text, asset)).toBe(value);
  });

  it.each(['-1', '1e3', '', ' 1', '01', '.5', '5.', '0x10', 'NaN', '1,5', '1.0000000001'])(
    'refuses %j',
    (text) => {
      expect(() => parseAmount(text, 'SOL')).toThrow(
        expect.objectContaining({ code: 'AMOUNT_INVALID' }),
      );
    },
  );

  it('refuses digits an asset does not have instead of rounding them away', () => {
    expect(() => parseAmount('0.0000001', 'USDC')).toThrow('USDC has 6 decimal places');
  });

  it('never becomes negative or too large', () => {
    expect(() => subtract(baseUnits(1n), baseUnits(2n))).toThrow();
    expect(() => baseUnits(baseUnitsMax + 1n)).toThrow();
    try {
      baseUnits(-1n);
      expect.unreachable();
    } catch (error) {
      expect(isMarketError(error, 'AMOUNT_INVALID')).toBe(true);
    }
  });

  it('rounds a share down', () => {
    expect(share(baseUnits(10n), 1n, 3n)).toBe(3n);
  });
});
