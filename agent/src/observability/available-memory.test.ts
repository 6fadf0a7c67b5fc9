import { freemem, totalmem } from 'node:os';
import { expect, it } from 'vitest';
import type { CommandResult } from '../gpu/command-runner.ts';
import { readAvailableMemory, readVmStat } from './available-memory.ts';

/** As macOS writes it. */
const text = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10000.
Pages active:                            500000.
Pages inactive:                          200000.
Pages speculative:                         5000.
Pages throttled:                              0.
Pages wired down:                        100000.
Pages purgeable:                           1000.
"Translation faults":                 123456789.
`;
const on = (platform: NodeJS.Platform, result: CommandResult | Error) =>
  readAvailableMemory({
    platform,
    runner: {
      run: () => (result instanceof Error ? Promise.reject(result) : Promise.resolve(result)),
    },
  });

it('is on macOS what programs could have, not the little that nothing stands in', async () => {
  const result = { kind: 'exited', exitCode: 0, stdout: text, stderr: '' } as const;
  expect(await on('darwin', result)).toBe(215_000 * 16_384);
});

it('is unknown where macOS does not tell it', async () => {
  expect(await on('darwin', { kind: 'missing' })).toBeNull();
  expect(await on('darwin', new Error('aborted'))).toBeNull();
  expect(readVmStat(text.replace('inactive', 'other'))).toBeNull();
  expect(readVmStat('')).toBeNull();
});

it('needs no program elsewhere', async () => {
  const bytes = await on('linux', new Error('is not run'));
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(totalmem());
  expect(Math.abs((bytes ?? 0) - freemem())).toBeLessThan(totalmem() / 2);
});
