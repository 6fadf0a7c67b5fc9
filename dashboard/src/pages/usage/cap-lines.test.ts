import type { CapsView } from '@node3/shared/routes/caps';
import { expect, it } from 'vitest';
import { capLines } from './cap-lines.ts';

const none = { perJob: null, open: null, perDay: null };
const caps: CapsView = {
  operator: { SOL: { ...none, perDay: '10' }, USDC: none },
  account: { SOL: { perJob: '0.5', open: '2', perDay: '4' }, USDC: none },
  used: { SOL: { open: '0.5', today: '1' }, USDC: { open: '0', today: '0' } },
  key: {
    keyId: 'key_1',
    caps: { SOL: { perJob: null, perDay: '1' }, USDC: { perJob: null, perDay: null } },
    used: { SOL: { today: '1' }, USDC: { today: '0' } },
  },
  dayEndsAt: '2026-11-27T00:00:00.000Z',
};
const sol = (amount: string) => ({ amount, asset: 'SOL' });

it('shows the cap that leaves least, with what is used of that one', () => {
  expect(capLines(caps, 'SOL')).toEqual([
    {
      kind: 'perJob',
      limit: sol('0.5'),
      scope: 'account',
      used: null,
      remaining: sol('0.5'),
      share: null,
    },
    {
      kind: 'open',
      limit: sol('2'),
      scope: 'account',
      used: sol('0.5'),
      remaining: sol('1.5'),
      share: 0.25,
    },
    {
      kind: 'perDay',
      limit: sol('1'),
      scope: 'key',
      used: sol('1'),
      remaining: sol('0'),
      share: 1,
    },
  ]);
});

it('knows no limit where none is set', () => {
  const [perJob, open] = capLines(caps, 'USDC');
  expect(perJob).toMatchObject({ limit: null, scope: null, used: null, share: null });
  expect(open).toMatchObject({ limit: null, used: { amount: '0', asset: 'USDC' } });
});
