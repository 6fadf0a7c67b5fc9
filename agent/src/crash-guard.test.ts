import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentLimits } from './agent-limits.ts';
import { CrashGuard } from './crash-guard.ts';
import { writePrivateFile } from './secrets.ts';

let folder: string;
let clock: ManualClock;
const onAbandoned = vi.fn();
const leaseLeftMs = 20_000;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  folder = await mkdtemp(join(tmpdir(), 'node3-crash-'));
  clock = new ManualClock();
  onAbandoned.mockReset();
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(folder, { recursive: true, force: true });
});

function newGuard(onChange = () => {}): CrashGuard {
  return new CrashGuard({
    clock,
    log: silentLogger,
    path: join(folder, 'starts.json'),
    deathsMax: 2,
    writePrivateFile,
    leaseLeftMs: () => leaseLeftMs,
    onAbandoned,
    onChange,
  });
}

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await vi.advanceTimersByTimeAsync(ms);
}

/** A start whose process is gone afterwards, with all that it would have done later. */
async function die(): Promise<void> {
  await newGuard().begin();
  vi.clearAllTimers();
}

/** The start after two deaths. @returns whether it may work yet. */
async function startHeld() {
  await die();
  await die();
  const held = Promise.withResolvers<void>();
  const guard = newGuard(held.resolve);
  let mayWork = false;
  const begin = async () => {
    await guard.begin();
    mayWork = true;
  };
  const begun = begin();
  await held.promise;
  expect(guard.heldBy).toMatch(/died 2 times/);
  return { guard, begun, mayWork: () => mayWork };
}

const starts = async () => JSON.parse(await readFile(join(folder, 'starts.json'), 'utf8')).startsMs;

describe('an agent that died again and again', () => {
  it('waits a quarter of an hour for somebody to look, then works by itself', async () => {
    const { guard, begun, mayWork } = await startHeld();
    await pass(agentLimits.crashHoldMs - 1);
    expect(mayWork()).toBe(false);
    expect(guard.heldBy).not.toBeNull();
    await pass(1);
    await begun;
    expect(guard.heldBy).toBeNull();
    expect(agentLimits.crashHoldMs).toBe(15 * 60_000);
  });

  it('gives up what runs here once no lease of it lives', async () => {
    const { guard, begun } = await startHeld();
    await pass(leaseLeftMs - 1);
    expect(onAbandoned).not.toHaveBeenCalled();
    await pass(1);
    expect(onAbandoned).toHaveBeenCalledTimes(1);
    await guard.end(null);
    await begun;
  });

  it('keeps what runs here when somebody resumes it in time', async () => {
    const { guard, begun } = await startHeld();
    guard.release();
    await begun;
    await pass(leaseLeftMs);
    expect(onAbandoned).not.toHaveBeenCalled();
  });
});

describe('a start', () => {
  it('that lives for two minutes is no part of a loop of crashes', async () => {
    await die();
    const healthy = newGuard();
    await healthy.begin();
    expect(await starts()).toHaveLength(2);
    await pass(agentLimits.crashHealthyMs);
    await healthy.end('It was killed.');
    expect(await starts()).toEqual([]);
  });

  it.each(['before it was noted', 'after it'])(
    'that is ended on purpose %s is no death, and hides none',
    async (when) => {
      await die();
      const guard = newGuard();
      const begun = guard.begin();
      if (when === 'after it') await begun;
      await guard.end(null);
      await begun;
      expect(await starts()).toHaveLength(1);
    },
  );
});
