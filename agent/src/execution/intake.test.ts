import { limits } from '@node3/shared/limits';
import { expect, it } from 'vitest';
import { FakeExecutor } from '../executors/fake/fake-executor.ts';
import { sampleOffer } from '../testing/sample-offer.ts';
import { type IntakeDeps, readopt } from './intake.ts';

it('a job with more secrets than can be kept out of its log is not taken on', () => {
  const value = 'x'.repeat(limits.secretBytesPerJob + 1);
  const deps = {
    board: { find: () => new FakeExecutor() },
    secretKeys: { open: () => ({ env: {}, files: { KEY: value }, parts: [] }) },
  } as unknown as IntakeDeps;
  expect(readopt(deps, sampleOffer(), 'fake')).toBe(
    'The job has more than 65536 bytes of secrets.',
  );
});
