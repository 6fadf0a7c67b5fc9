import { describe, expect, it } from 'vitest';
import { classifyExit, type ExitFacts } from './exit-reason.ts';
import { parseStructuredOutput } from './structured-output.ts';

const facts: ExitFacts = {
  exitCode: 0,
  oomKilled: false,
  runMs: 10,
  runLimitMs: 1_000,
  stopCause: null,
  engineMessage: null,
};

describe('classifyExit', () => {
  it.each<[Partial<ExitFacts>, string, string | null]>([
    [{}, 'exited', null],
    [{ exitCode: 1 }, 'nonzero_exit', null],
    [{ exitCode: 139 }, 'nonzero_exit', 'SIGSEGV'],
    [{ exitCode: 127, engineMessage: 'no such file' }, 'command_not_found', null],
    [{ exitCode: 126, engineMessage: 'is a directory', runMs: null }, 'command_not_found', null],
    [{ exitCode: 127 }, 'command_not_found', null],
    [{ exitCode: 126, runMs: 1_999, runLimitMs: 9_000 }, 'command_not_found', null],
    [{ exitCode: 126, runMs: 2_000, runLimitMs: 9_000 }, 'nonzero_exit', null],
    [{ exitCode: 127, runMs: 2_000, runLimitMs: 9_000 }, 'nonzero_exit', null],
    [{ exitCode: 137, oomKilled: true }, 'out_of_memory', 'SIGKILL'],
    [{ exitCode: 137, stopCause: { kind: 'cancelled', why: 'x' } }, 'cancelled', 'SIGKILL'],
    [{ exitCode: 137, stopCause: { kind: 'out_of_disk' } }, 'out_of_disk', 'SIGKILL'],
    [{ exitCode: 137, stopCause: { kind: 'machine_disk_full' } }, 'engine_error', 'SIGKILL'],
    [{ exitCode: 0, stopCause: { kind: 'run_timeout' } }, 'run_timeout', null],
    [{ exitCode: 137, runMs: 1_000 }, 'run_timeout', 'SIGKILL'],
    [{ exitCode: 143, engineEndedIt: true }, 'engine_error', 'SIGTERM'],
    [{ exitCode: 255, engineEndedIt: true }, 'engine_error', null],
    [{ exitCode: 137, engineEndedIt: true, oomKilled: true }, 'out_of_memory', 'SIGKILL'],
    [{ exitCode: 1, runMs: 1_000 }, 'nonzero_exit', null],
    [{ exitCode: null }, 'engine_error', null],
  ])('reads %o as %s', (change, reason, signal) => {
    expect(classifyExit({ ...facts, ...change })).toMatchObject({ reason, signal });
  });
});

describe('parseStructuredOutput', () => {
  it.each([
    ['{"a":1}\n', { a: 1 }],
    ['working\n[1,2]\n', [1, 2]],
    ['42', 42],
    ['step 1\n42', null],
    ['{"a":', null],
    ['', null],
    // Anybody who writes such a value as JSON again runs out of stack.
    [`${'['.repeat(20_000)}${']'.repeat(20_000)}`, null],
  ])('reads %j', (text, value) => {
    expect(parseStructuredOutput(text)).toEqual(value);
  });
});
