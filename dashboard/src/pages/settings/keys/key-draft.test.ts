import { describe, expect, it } from 'vitest';
import { type KeyDraft, problemsOf, toRequest } from './key-draft.ts';

const draft: KeyDraft = {
  name: ' ci ',
  scopes: ['requester', 'read-only'],
  lifetime: 'never',
  caps: { perJobSOL: '', perDaySOL: '', perJobUSDC: '', perDayUSDC: '' },
};

describe('a key that is being made up', () => {
  it('asks for what was chosen and nothing else', () => {
    expect(toRequest(draft, 0)).toEqual({ name: 'ci', scopes: ['requester', 'read-only'] });
    const more = toRequest(
      { ...draft, lifetime: '7', caps: { ...draft.caps, perDayUSDC: ' 2.5 ' } },
      Date.UTC(2026, 0, 1),
    );
    expect(more).toMatchObject({
      expiresAt: '2026-01-08T00:00:00.000Z',
      keyCaps: { SOL: { perJob: null, perDay: null }, USDC: { perJob: null, perDay: '2.5' } },
    });
  });

  it.each([
    [{ name: '  ' }, ['name']],
    [{ scopes: ['read-only' as const] }, ['scopes']],
    [{ caps: { ...draft.caps, perJobSOL: '1,5' } }, ['perJobSOL']],
    [{}, []],
  ])('with %o is wrong in %o', (change, problems) => {
    expect(problemsOf({ ...draft, ...change })).toEqual(problems);
  });
});
