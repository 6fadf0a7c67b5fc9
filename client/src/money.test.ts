import { describe, expect, it } from 'vitest';
import { Money, sol, usdc, withMoney } from './money.ts';

describe('money', () => {
  it('is exact, and JSON as the marketplace has it', () => {
    expect(usdc('1.500000').baseUnits).toBe(1_500_000n);
    expect(sol('0.000000001').baseUnits).toBe(1n);
    const all = [usdc('1.50'), sol('0'), usdc('999999999999.999999')].map(String);
    expect(all).toEqual(['1.5 USDC', '0 SOL', '999999999999.999999 USDC']);
    expect(JSON.stringify({ price: usdc('0.10') })).toBe(
      '{"price":{"amount":"0.1","asset":"USDC"}}',
    );
    expect(usdc('0.1').plus(usdc('0.2')).amount).toBe('0.3');
    expect(usdc('1').minus({ amount: '0.000001', asset: 'USDC' }).amount).toBe('0.999999');
    expect([usdc('2').isMoreThan(usdc('1.999999')), usdc('2').isMoreThan(usdc('2'))]).toEqual([
      true,
      false,
    ]);
  });

  it.each(['', '1.', '.5', '-1', '1e3', '0.0000001', '01', 'NaN', '1 '])('refuses %j', (amount) => {
    expect(() => usdc(amount)).toThrow(expect.objectContaining({ field: 'amount' }));
  });

  it('never mixes assets and never goes below nothing', () => {
    expect(() => usdc('1').plus(sol('1'))).toThrow("USDC and SOL can't be compared");
    expect(() => usdc('1').minus(usdc('2'))).toThrow('negative');
  });

  it('is put into answers, and not into what programs wrote', () => {
    const wire = { amount: '0.5', asset: 'USDC' };
    const body = { held: wire, rows: [{ price: wire }], output: wire, spec: { price: wire } };
    const found = withMoney(body) as typeof body;
    expect(found.held).toBeInstanceOf(Money);
    expect(found.rows[0]?.price).toBeInstanceOf(Money);
    expect([found.output, found.spec.price]).toEqual([wire, wire]);
    expect(found.output).not.toBeInstanceOf(Money);
    expect(JSON.parse(JSON.stringify(found))).toEqual(body);
  });
});
