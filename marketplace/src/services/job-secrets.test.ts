import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import { readSecrets } from './job-secrets.ts';

const workload = { kind: 'container' as const, image: 'c' };
const half = 'é'.repeat(limits.secretBytesPerJob / 4);
const read = (...values: string[]) => {
  const named = values.map((value, at) => [`S${at}`, { value }] as const);
  return readSecrets({ workload, secrets: Object.fromEntries(named) }, { secretParts: [half] });
};

describe('the secrets of a job', () => {
  it('may have as many bytes as can be kept out of logs, the same value counted once', () => {
    expect(Object.keys(read(half, half, `${half.slice(1)}xy`).files)).toHaveLength(3);
  });

  it('are refused when they have more', () => {
    const detail = expect.stringMatching(/^have 65537 bytes together, and no more than 65536 can/);
    const context = expect.objectContaining({ errors: [{ pointer: '/secrets', detail }] });
    expect(() => read(`${half}x`)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', context }),
    );
  });
});
