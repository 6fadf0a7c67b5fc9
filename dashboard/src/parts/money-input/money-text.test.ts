import { describe, expect, it } from 'vitest';
import { noLimits, readMoneyText } from './money-text.ts';

const sol = (text: string) => readMoneyText({ text, asset: 'SOL' }, noLimits);
const usdc = (text: string) => readMoneyText({ text, asset: 'USDC' }, noLimits);

describe('readMoneyText', () => {
  it('reads every decimal and rounds none', () => {
    expect(sol(' 0.123456789 ').money).toEqual({ amount: '0.123456789', asset: 'SOL' });
    expect(usdc('123456789012.500000').money).toEqual({ amount: '123456789012.5', asset: 'USDC' });
    expect(usdc('0.1234567').problem).toEqual({ kind: 'decimals', asset: 'USDC', decimals: 6 });
    expect(sol('0.1234567891').problem).toMatchObject({ kind: 'decimals' });
  });

  it('guesses nothing', () => {
    for (const text of ['1,5', '1.', '.5', '-1', '+1', '1e3', '0x1', '1 000', 'NaN', '01']) {
      expect(sol(text).problem, text).toEqual({ kind: 'form' });
    }
    expect(sol(' ').problem).toEqual({ kind: 'empty' });
    expect(sol('0.0').problem).toEqual({ kind: 'zero' });
    expect(sol('99999999999').problem).toEqual({ kind: 'form' });
  });

  it('keeps to the limits of the asset, which are inside', () => {
    const money = (amount: string) => ({ amount, asset: 'SOL' as const });
    const limits = {
      least: { SOL: money('0.1'), USDC: null },
      most: { SOL: money('2'), USDC: null },
    };
    const read = (text: string) => readMoneyText({ text, asset: 'SOL' }, limits);
    expect(read('0.1').problem).toBeNull();
    expect(read('2').problem).toBeNull();
    expect(read('0.099999999').problem).toEqual({ kind: 'less', limit: money('0.1') });
    expect(read('2.000000001').problem).toEqual({ kind: 'more', limit: money('2') });
    expect(readMoneyText({ text: '9', asset: 'USDC' }, limits).problem).toBeNull();
  });
});
