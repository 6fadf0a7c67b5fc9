import { limits } from '@node3/shared/limits';
import { array, assert, constantFrom, integer, option, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSameProgram, type ProgramRun, programMark, sizeJob } from './size-job.ts';
import { gib, sampleSpec } from './testing/matching-samples.ts';

const memory = integer({ min: limits.memoryBytesMin, max: 64 * gib });
const anyRun = record({
  spec: memory.map((memoryBytes) => sampleSpec({ resources: { memoryBytes } })),
  end: constantFrom<ProgramRun['end']>('succeeded', 'out_of_memory'),
  runMs: option(integer({ min: 0, max: limits.runSecMax * 500 })),
  peakMemoryBytes: option(memory),
});

describe('what a job should ask for', () => {
  it('is never less than a peak or a longest run, and more than was too little', () => {
    assert(
      property(array(anyRun, { minLength: 1, maxLength: 8 }), (runs) => {
        const sizing = sizeJob(runs);
        for (const { end, peakMemoryBytes, runMs, spec } of runs) {
          if (end === 'out_of_memory') {
            expect(sizing?.memoryBytes).toBeGreaterThan(spec.resources.memoryBytes);
            continue;
          }
          if (peakMemoryBytes !== null) {
            expect(sizing?.memoryBytes).toBeGreaterThanOrEqual(peakMemoryBytes);
          }
          if (runMs !== null) expect((sizing?.runSec ?? 0) * 1_000).toBeGreaterThanOrEqual(runMs);
        }
      }),
    );
  });

  it('never falls with another run, nor with a higher peak', () => {
    const runsAndOne = record({ runs: array(anyRun, { minLength: 1, maxLength: 5 }), one: anyRun });
    assert(
      property(runsAndOne, integer({ min: 0, max: gib }), ({ runs, one }, more) => {
        const least = sizeJob(runs)?.memoryBytes ?? 0;
        const withOne = sizeJob([...runs, one])?.memoryBytes ?? 0;
        const peakMemoryBytes = (one.peakMemoryBytes ?? 0) + more;
        const withHigher = sizeJob([...runs, { ...one, peakMemoryBytes }])?.memoryBytes ?? 0;
        expect(withOne).toBeGreaterThanOrEqual(least);
        expect(withHigher).toBeGreaterThanOrEqual(withOne);
      }),
    );
  });

  it('is unknown where nothing ran or nothing was measured, and stays within the limits', () => {
    expect(sizeJob([])).toBeNull();
    const run: ProgramRun = {
      spec: sampleSpec({ resources: { memoryBytes: limits.memoryBytesMax } }),
      end: 'succeeded',
      runMs: null,
      peakMemoryBytes: null,
    };
    expect(sizeJob([run])).toMatchObject({ memoryBytes: null, runSec: null, basis: { jobs: 1 } });
    expect(sizeJob([{ ...run, end: 'out_of_memory' }])).toMatchObject({
      memoryBytes: limits.memoryBytesMax,
      basis: { jobs: 0, oomJobs: 1 },
    });
    expect(sizeJob([{ ...run, peakMemoryBytes: 1, runMs: 0 }])).toMatchObject({
      memoryBytes: limits.memoryBytesMin,
      runSec: 1,
    });
  });
});

describe('the same program', () => {
  const script = (code: string, input?: unknown) =>
    sampleSpec({ workload: { kind: 'script', language: 'python', code, input } });
  const container = (image: string, command?: string[], env = {}) =>
    sampleSpec({
      workload: { kind: 'container', image, env, ...(command === undefined ? {} : { command }) },
    });

  it('has the same code or command and image, whatever it reads', () => {
    expect(isSameProgram(script('a', 1), script('a', 2))).toBe(true);
    expect(isSameProgram(script('a'), script('b'))).toBe(false);
    expect(isSameProgram(container('x', ['a'], { A: '1' }), container('x', ['a']))).toBe(true);
    expect(isSameProgram(container('x', ['a']), container('y', ['a']))).toBe(false);
    expect(isSameProgram(container('x', ['a']), container('x'))).toBe(false);
    expect(isSameProgram(container('x', ['a']), script('a'))).toBe(false);
  });

  it('has a mark that is in the text of its spec', () => {
    for (const spec of [script('say "\n"'), container('x'), container('x', ['a b', '"'])]) {
      expect(JSON.stringify(spec)).toContain(programMark(spec));
    }
    expect(JSON.stringify(script('a'))).not.toContain(programMark(script('b')));
  });
});
