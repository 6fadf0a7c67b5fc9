import { describe, expect, it } from 'vitest';
import { MarketError } from './error.ts';
import { nulRefused, withNulFields } from './nul-fields.ts';

describe('withNulFields', () => {
  const refused = nulRefused(new Error('invalid byte sequence'));

  it('names each field with the character', () => {
    const message = { name: 'a\0', labels: { 'a/b~c': '\0', fine: 'x' }, list: ['', 'b\0c'] };
    expect(withNulFields(refused, message)).toMatchObject({
      code: 'REQUEST_INVALID',
      context: {
        errors: [{ pointer: '/name' }, { pointer: '/labels/a~1b~0c' }, { pointer: '/list/1' }],
      },
    });
    expect(withNulFields(refused, { labels: { 'a\0': '' } })).toMatchObject({
      context: { errors: [{ pointer: '/labels' }] },
    });
  });

  it('leaves what it knows nothing of', () => {
    expect(withNulFields(refused, { name: 'a' })).toBe(refused);
    expect(withNulFields(refused, undefined)).toBe(refused);
    const other = new MarketError('REQUEST_INVALID', { detail: 'another' });
    expect(withNulFields(other, { name: 'a\0' })).toBe(other);
    const bug = new Error('no');
    expect(withNulFields(bug, { name: 'a\0' })).toBe(bug);
  });

  it('has an end, however much there is', () => {
    const deep = Array.from({ length: 100 }).reduce<unknown>((inner) => ({ inner }), '\0');
    expect(withNulFields(refused, deep)).toBe(refused);
    const wide = withNulFields(
      refused,
      Array.from({ length: 1_000 }, () => '\0'),
    ) as MarketError;
    expect(wide.context.errors).toHaveLength(10);
  });
});
