import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCalmRun } from './testing/chaos/calm-run.ts';
import { crashBoundaries } from './testing/chaos/crash-boundaries.ts';
import { liveEventfully } from './testing/chaos/eventful-run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-crash-points-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The cases of docs/reference/payments-tests.md that a boundary is. */
const cases: readonly [tag: string, boundary: RegExp][] = [
  ['[P1]', /before.open-?batch/i],
  ['[P2]', /after.open-?batch/i],
  ['[P3]', /after-sign|before addAttempt/],
  ['[P4]', /after-persist|after addAttempt pay|before send pay/],
  ['[P5]', /after.send( pay|$)/],
  ['[P6]', /after-sign/],
  ['[P7]', /after-observe/],
  ['[P8]', /before-re-sign/],
  ['[P9]', /after addAttempt pay/],
  ['[P10]', /before-post|before changeBatch posted/],
  ['[P11]', /torn changeBatch posted/],
  ['[P12]', /after-post|after changeBatch posted/],
  ['[P13]', /void/],
  ['[P14]', /reclaim/i],
  ['[P15]', /^torn/],
];

function tagsOf(boundary: string): string {
  return cases.flatMap(([tag, pattern]) => (pattern.test(boundary) ? [tag] : [])).join('');
}

describe('a process that dies', () => {
  it.each(crashBoundaries.map((boundary) => [tagsOf(boundary), boundary]))(
    '[7.05] [7.07] %s %s: everybody is paid once',
    async (_tags, boundary) => {
      const run = await openCalmRun({ folder, crashes: { [boundary]: 1 } });
      expect(await liveEventfully(run)).toEqual([]);
      expect([...run.findings]).toEqual([]);
      expect(run.plan.hits).toEqual({ [boundary]: 1 });
      await run.close();
    },
  );

  it('[P9] after a second attempt was stored and not sent: everybody is paid once', async () => {
    const run = await openCalmRun({ folder, crashes: { 'after addAttempt pay': 3 } });
    expect(await liveEventfully(run)).toEqual([]);
    expect(run.plan.crashes).toBe(1);
    await run.close();
  });
});
