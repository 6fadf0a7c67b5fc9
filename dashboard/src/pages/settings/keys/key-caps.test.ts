import { expect, it } from 'vitest';
import { capDraftOf, changedCaps, noCapDraft, widensCaps, wrongCaps } from './key-caps.ts';

const caps = { SOL: { perJob: '1', perDay: null }, USDC: { perJob: null, perDay: '5' } };

it('sends the assets whose caps are others, and nothing where none is', () => {
  const draft = capDraftOf(caps);
  expect(changedCaps(caps, draft)).toEqual({});
  expect(changedCaps(caps, { ...draft, perJobSOL: '1.0' })).toEqual({});
  expect(changedCaps(caps, { ...draft, perDayUSDC: ' 4 ' })).toEqual({
    USDC: { perJob: null, perDay: '4' },
  });
  expect(changedCaps(null, noCapDraft)).toEqual({});
  expect(changedCaps(caps, noCapDraft)).toEqual({
    SOL: { perJob: null, perDay: null },
    USDC: { perJob: null, perDay: null },
  });
});

it.each([
  [{ perJobSOL: '1.000000001' }, true],
  [{ perJobSOL: '' }, true],
  [{ perJobSOL: '0' }, false],
  [{ perDaySOL: '9' }, false],
])('knows that %o makes a limit wider: %s', (change, widens) => {
  const draft = { ...capDraftOf(caps), ...change };
  expect(widensCaps(caps, changedCaps(caps, draft))).toBe(widens);
});

it('takes 0 for a cap, and no more decimals than the asset has', () => {
  expect(wrongCaps({ ...noCapDraft, perJobSOL: '0', perDayUSDC: '2.5' })).toEqual([]);
  const wrong = { ...noCapDraft, perDaySOL: '1,5', perJobUSDC: '0.0000001' };
  expect(wrongCaps(wrong)).toEqual(['perDaySOL', 'perJobUSDC']);
});
