import { describe, expect, it } from 'vitest';
import {
  boardQueryOf,
  brokenRule,
  offerQueryOf,
  readMarketSearch,
  toggled,
} from './market-search.ts';

describe('the address of the market', () => {
  it('keeps what is known of it, as texts', () => {
    const search = { tab: 'compute', gpu: 'rtx-4090', memory: 24, nonsense: 'x', q: ' ', sort: {} };
    expect(readMarketSearch(search)).toEqual({ tab: 'compute', gpu: 'rtx-4090', memory: '24' });
    expect(readMarketSearch({ tab: 'jobs' })).toEqual({});
    expect(readMarketSearch({ q: 'x'.repeat(999) }).q).toHaveLength(128);
    expect(readMarketSearch({ gpu: 'x'.repeat(999) }).gpu).toHaveLength(256);
  });

  it('is asked as the API takes it, without what is only half typed', () => {
    expect(offerQueryOf({ memory: '24', count: '2', priceMax: '0.', proof: 'measured' })).toEqual({
      memoryBytesMin: 24 * 1024 ** 3,
      countMin: 2,
      label: 'measured',
      limit: 24,
    });
    expect(boardQueryOf({ asset: 'USDC', rewardMin: '0.5', memory: 'x', vendor: 'amd' })).toEqual({
      asset: 'USDC',
      rewardMin: '0.5',
      limit: 24,
    });
  });

  it('tells what filters nothing', () => {
    const wrong = { memory: 'abc', count: '0', priceMax: '0,5', rewardMin: '-1' } as const;
    for (const [field, text] of Object.entries(wrong)) {
      const name = field as keyof typeof wrong;
      expect(brokenRule(name, text)).toBe(
        name === 'memory' || name === 'count' ? 'whole' : 'amount',
      );
      expect(offerQueryOf({ [name]: text })).toEqual({ limit: 24 });
    }
    expect(brokenRule('memory', '24')).toBeNull();
    expect(brokenRule('priceMax', '0.5')).toBeNull();
    expect(brokenRule('q', 'abc')).toBeNull();
  });

  it('adds a value to a list, and takes it away again', () => {
    expect(toggled(undefined, 'a')).toBe('a');
    expect(toggled('a', 'b')).toBe('a,b');
    expect(toggled('a,b', 'a')).toBe('b');
    expect(toggled('a', 'a')).toBeUndefined();
  });
});
