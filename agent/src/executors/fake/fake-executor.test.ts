import { describe, expect, it } from 'vitest';
import { FakeExecutor } from './fake-executor.ts';

describe('FakeExecutor', () => {
  it('throws for whatever was not programmed', async () => {
    const fake = new FakeExecutor();
    await expect(fake.probe()).rejects.toThrow(/programmed/);
    await expect(fake.wait('exe_1', new AbortController().signal)).rejects.toThrow(/never started/);
  });
});
