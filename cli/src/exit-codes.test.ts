import { type ErrorCode, errorCodes } from '@node3/shared/error-codes';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { runCli } from './run-cli.ts';
import { TestHost } from './testing/test-host.ts';

describe('exit codes', () => {
  it('are told apart: no two names share a code', () => {
    const codes = Object.values(exitCodes).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('keep the promised ones', () => {
    expect(exitCodeOf('MARKETPLACE_UNREACHABLE')).toBe(10);
    expect(exitCodeOf('AUTH_INVALID')).toBe(4);
    expect(exitCodeOf('FUNDS_INSUFFICIENT')).toBe(7);
    expect(exitCodeOf('JOB_NOT_FOUND')).toBe(6);
    expect(exitCodeOf('REQUEST_INVALID')).toBe(2);
    expect(exitCodeOf('JOB_UNSATISFIABLE')).toBe(8);
    expect(exitCodeOf('JOB_STATE_INVALID')).toBe(9);
  });

  it('never call an error a success, nor a code of node3 run', () => {
    for (const code of Object.keys(errorCodes) as ErrorCode[]) {
      expect(exitCodeOf(code)).toBeGreaterThan(0);
      expect(exitCodeOf(code)).toBeLessThan(124);
    }
  });

  it('are all listed for people', async () => {
    const host = new TestHost({ argv: ['exit-codes'] });
    expect(await runCli(host)).toBe(0);
    expect(host.out.trimEnd().split('\n')).toHaveLength(Object.keys(exitCodes).length);
  });
});
