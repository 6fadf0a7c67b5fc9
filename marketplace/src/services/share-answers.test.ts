import { systemClock } from '@node3/shared/clock';
import { describe, expect, it } from 'vitest';
import { shareAnswers } from './share-answers.ts';

describe('shared answers', () => {
  it('are worked out once for all who ask at the same time, and never before the question', async () => {
    let asked = 0;
    const ask = shareAnswers(systemClock, 50, async () => {
      asked += 1;
      return asked;
    });
    const first = ask();
    expect(await first).toBe(1);
    const many = await Promise.all(Array.from({ length: 100 }, () => ask()));
    expect(new Set(many)).toEqual(new Set([2]));
    expect(asked).toBe(2);
  });

  it('come again after one that failed', async () => {
    let asked = 0;
    const ask = shareAnswers(systemClock, 1, async () => {
      asked += 1;
      if (asked === 1) throw new Error('not now');
      return asked;
    });
    await expect(ask()).rejects.toThrow('not now');
    expect(await ask()).toBe(2);
  });
});
