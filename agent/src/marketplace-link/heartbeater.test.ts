import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyResult } from '../execution/execution-result.ts';
import { SqliteJournal } from '../journal/sqlite/sqlite-journal.ts';
import { ManualHostClock } from '../testing/manual-host-clock.ts';
import { bodyText } from '../testing/request-text.ts';
import { sampleOffer } from '../testing/sample-offer.ts';
import { Heartbeater, type HeartbeaterDeps } from './heartbeater.ts';
import { LeaseClock } from './lease-clock.ts';
import { MarketplaceLink } from './marketplace-link.ts';

const never = new AbortController().signal;
const clock = new ManualHostClock();
let folder: string;
let journal: SqliteJournal;
let leases: LeaseClock;
let verdicts: Record<string, string>;
let named: string[];
let heard: string[];
let travelMs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-heartbeat-'));
  journal = new SqliteJournal({ path: join(folder, 'j.sqlite'), newOwnerId: () => 'owner' });
  leases = new LeaseClock(clock);
  verdicts = {};
  heard = [];
  travelMs = 0;
});
afterEach(() => {
  journal.close();
  rmSync(folder, { recursive: true });
});

/** A marketplace that answers at once, over a wire on which the answer travels for `travelMs`. */
const answer: typeof fetch = async (_, init) => {
  const body = JSON.parse(bodyText(init)) as { executions: { executionId: string }[] };
  named = body.executions.map(({ executionId }) => executionId);
  clock.advance(travelMs);
  const executions = Object.entries(verdicts).map(([executionId, verdict]) => ({
    executionId,
    verdict,
    leaseMs: limits.leaseMs,
  }));
  return Response.json({ heartbeatMs: 10_000, executions });
};

const challenges: unknown[] = [];

const createHeartbeater = (more: Partial<HeartbeaterDeps> = {}) =>
  new Heartbeater({
    link: new MarketplaceLink('http://market', { clock, fetch: answer }),
    journal,
    leases,
    clock,
    bootId: 'boot-1',
    usage: { pending: () => [], settle: () => undefined },
    log: silentLogger,
    instanceId: 'instance-0123456789',
    onChallenge: (challenge) => challenges.push(challenge),
    samples: () => [],
    onVerdict: (executionId, verdict) => heard.push(`${executionId} ${verdict}`),
    ...more,
  });

function accepted(): string {
  const offer = sampleOffer();
  const { executionId } = offer;
  journal.recordOffer(offer, 1);
  journal.recordAccepted(executionId, { executionId, leaseUntilBootMs: 1, bootId: null });
  return executionId;
}

const reading = {
  ageMs: 1,
  cpuCores: null,
  memoryBytes: 1,
  gpuUtilizationRatio: null,
  gpuMemoryBytes: null,
};

/** Beats once over a socket. @returns what was sent, and how much of it counted as heard before the answer. */
async function beatOverSocket(takesUsageNumbers: boolean, isAnswered: boolean) {
  const said: unknown[] = [];
  let settled = 0;
  let settledWhenSent = -1;
  const link = new MarketplaceLink('http://market', { clock, fetch: answer });
  link.useChannel({
    isOpen: true,
    takesLogBlocks: false,
    takesUsage: true,
    takesUsageNumbers,
    async call({ fields }) {
      said.push((fields as { usage?: unknown }).usage);
      settledWhenSent = settled;
      if (!isAnswered) throw new MarketError('MARKETPLACE_UNREACHABLE');
      return { heartbeatMs: 10_000, executions: [] };
    },
  });
  const heartbeater = createHeartbeater({
    link,
    usage: {
      pending: () => [{ executionId: 'exe_1', from: 3, readings: [reading] }],
      settle: (sent) => {
        settled += sent.length;
      },
    },
  });
  await heartbeater.beat(never).catch(() => undefined);
  return { said, settledWhenSent, settled };
}

describe('a heartbeat', () => {
  it('keeps readings until they are heard, where a repeated one is known by its number', async () => {
    const usage = [{ executionId: 'exe_1', from: 3, readings: [reading] }];
    expect(await beatOverSocket(true, false)).toEqual({
      said: [usage],
      settledWhenSent: 0,
      settled: 0,
    });
    expect(await beatOverSocket(true, true)).toMatchObject({ settledWhenSent: 0, settled: 1 });
    const unnumbered = [{ executionId: 'exe_1', readings: [reading] }];
    expect(await beatOverSocket(false, false)).toMatchObject({
      said: [unnumbered],
      settledWhenSent: 1,
    });
  });

  it('[5.12] renews leases from when it was sent, in memory and on disk', async () => {
    const executionId = accepted();
    verdicts = { [executionId]: 'continue' };
    travelMs = 7_000;
    const sentBootMs = clock.bootMs();
    await createHeartbeater().beat(never);
    const expected = limits.leaseMs - limits.leaseSelfStopMs - travelMs;
    expect(leases.remainingMs(executionId)).toBe(expected);
    expect(journal.find(executionId)).toMatchObject({
      leaseUntilBootMs: sentBootMs + limits.leaseMs,
      bootId: 'boot-1',
    });
  });

  it('renews what is cancelled and not what is stopped', async () => {
    const [cancelled, stopped] = [accepted(), accepted()];
    verdicts = { [cancelled]: 'cancel', [stopped]: 'stop' };
    await createHeartbeater().beat(never);
    expect(leases.isLive(cancelled)).toBe(true);
    expect(leases.isLive(stopped)).toBe(false);
    expect(heard).toEqual([`${cancelled} cancel`, `${stopped} stop`]);
  });

  it('ignores verdicts on executions that it did not name', async () => {
    verdicts = { exe_other: 'stop' };
    await createHeartbeater().beat(never);
    expect(heard).toEqual([]);
  });

  it('names what is held until its result is answered, and nothing else', async () => {
    const running = accepted();
    const unreported = accepted();
    const facts = { isolation: null, imageDigest: null, logLines: 0 };
    journal.recordResult(unreported, emptyResult('exited', 'd', facts), 1);
    const released = accepted();
    journal.recordRelease(released, 1);
    const closed = accepted();
    journal.recordClosed(closed, 'superseded', 1);
    journal.recordOffer(sampleOffer(), 1);
    await createHeartbeater().beat(never);
    expect(named).toEqual([running, unreported]);
  });
});
