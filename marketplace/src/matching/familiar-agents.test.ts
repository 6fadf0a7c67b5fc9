import { limits } from '@node3/shared/limits';
import { expect, it } from 'vitest';
import { FamiliarAgents } from './familiar-agents.ts';

it('[4.17] weighs the image more than the account', () => {
  const familiar = new FamiliarAgents();
  familiar.note('agt_image', { image: 'cuda', accountId: 'acc_2' });
  familiar.note('agt_account', { image: 'other', accountId: 'acc_1' });
  familiar.note('agt_both', { image: 'cuda', accountId: 'acc_1' });
  expect(Object.fromEntries(familiar.of({ image: 'cuda', accountId: 'acc_1' }))).toEqual({
    agt_account: 1,
    agt_both: 3,
    agt_image: 2,
  });
  expect(familiar.of({ image: 'new', accountId: null }).size).toBe(0);
});

it('keeps the most recent agents of what was run most recently', () => {
  const familiar = new FamiliarAgents();
  for (let i = 0; i <= limits.familiarAgents; i += 1) {
    familiar.note(`agt_${i}`, { image: 'a', accountId: null });
  }
  const known = [...familiar.of({ image: 'a', accountId: null }).keys()];
  expect([known.length, known[0]]).toEqual([limits.familiarAgents, 'agt_1']);
  for (let i = 0; i < limits.familiarKeys; i += 1) {
    familiar.note('agt_1', { image: `image-${i}`, accountId: null });
  }
  expect(familiar.of({ image: 'a', accountId: null }).size).toBe(0);
});
