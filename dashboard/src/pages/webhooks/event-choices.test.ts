import { expect, it } from 'vitest';
import { eventChoices } from './event-choices.ts';

it('offers what an account is told of, and nothing of the operator', () => {
  expect(eventChoices).toContain('job.ended');
  expect(eventChoices).toContain('job.*');
  expect(eventChoices).toContain('deposit.credited');
  expect(eventChoices.some((name) => name.startsWith('agent.'))).toBe(false);
  expect(new Set(eventChoices).size).toBe(eventChoices.length);
});
