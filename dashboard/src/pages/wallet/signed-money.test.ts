import { expect, it } from 'vitest';
import { readSigned } from './signed-money.ts';

it('keeps the sign apart from the amount, also below one', () => {
  expect(readSigned('-0.25', 'SOL')).toEqual({
    sign: '−',
    money: { amount: '0.25', asset: 'SOL' },
  });
  expect(readSigned('3', 'USDC')).toEqual({ sign: '+', money: { amount: '3', asset: 'USDC' } });
  expect(readSigned('0', 'SOL')).toBeNull();
});
