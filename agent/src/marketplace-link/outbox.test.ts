import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { type LogBlock, linesOf, lineTexts } from '@node3/shared/log-blocks';
import { silentLogger } from '@node3/shared/logger';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentLimits } from '../agent-limits.ts';
import { emptyResult } from '../execution/execution-result.ts';
import { SqliteJournal } from '../journal/sqlite/sqlite-journal.ts';
import { byteBlocksOf } from '../testing/byte-blocks-of.ts';
import { bodyText, requestUrl } from '../testing/request-text.ts';
import { sampleOffer } from '../testing/sample-offer.ts';
import { MarketplaceLink } from './marketplace-link.ts';
import { Outbox } from './outbox.ts';

const within = { timeout: 15_000 };

let folder: string;
let journal: SqliteJournal;
let link: MarketplaceLink;
let outbox: Outbox;
let answers: ((path: string, body: Record<string, unknown>) => unknown)[] = [];
const sent: string[] = [];

const reported = {
  jobState: 'x',
  earned: { amount: '0.01', asset: 'SOL' },
  payoutId: null,
  state: 'x',
  ackedSeq: 1e6,
  verdict: 'continue',
};

/** Answers with the next programmed answer, or with success. */
const fakeFetch: typeof fetch = async (input, init) => {
  const path = requestUrl(input).split('/').at(-1) ?? '';
  const body = JSON.parse(bodyText(init)) as Record<string, unknown>;
  sent.push(path);
  const answer = answers.shift();
  try {
    return Response.json(answer === undefined ? reported : answer(path, body));
  } catch (error) {
    if (!(error instanceof MarketError)) throw error;
    return Response.json({ code: error.code }, { status: error.status });
  }
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'node3-outbox-'));
  journal = new SqliteJournal({ path: join(folder, 'j.sqlite'), newOwnerId: () => 'owner' });
  answers = [];
  sent.length = 0;
  link = new MarketplaceLink('http://market', { clock: systemClock, fetch: fakeFetch });
  outbox = new Outbox({
    link,
    journal,
    clock: systemClock,
    log: silentLogger,
    random: () => 0,
    measures: { earned: () => undefined },
    tracer: null,
    onStop: () => undefined,
    onClosed: () => undefined,
  });
});
afterEach(async () => {
  await outbox.stop();
  journal.close();
  rmSync(folder, { recursive: true });
});

const facts = { isolation: null, imageDigest: null, logLines: 2 };

function endedExecution(output?: unknown): string {
  const offer = sampleOffer();
  const { executionId } = offer;
  journal.recordOffer(offer, 1);
  journal.recordAccepted(executionId, { executionId, leaseUntilBootMs: 1, bootId: null });
  const line = { stream: 'stdout' as const, atMs: 1, text: 'x', partial: false };
  journal.appendBlocks(executionId, byteBlocksOf([line, line]), { bytes: 4, truncated: false });
  const result = {
    ...emptyResult('exited', 'done', facts),
    ...(output === undefined ? {} : { output }),
  };
  journal.recordResult(executionId, result, 2);
  return executionId;
}

describe('Outbox', () => {
  it('sends the logs first and then the result', async () => {
    const executionId = endedExecution();
    outbox.wake(executionId);
    await outbox.drained();
    expect(sent).toEqual(['logs', 'result']);
    expect(journal.find(executionId)).toMatchObject({ closed: 'reported', pending: null });
    expect(journal.listEarnings(9)).toMatchObject([{ executionId, amount: 10_000_000n }]);
  });

  it('sends all logs before the result, batch by batch', async () => {
    const executionId = endedExecution();
    const line = { stream: 'stdout' as const, atMs: 1, text: 'x', partial: false };
    const lines = Array.from({ length: limits.logLinesPerBatch }, () => line);
    journal.appendBlocks(executionId, byteBlocksOf(lines), { bytes: 4, truncated: false });
    answers = [(_, body) => ({ ackedSeq: (body['lines'] as unknown[]).length })];
    outbox.wake(executionId);
    await outbox.drained();
    expect(sent).toEqual(['logs', 'logs', 'result']);
  });

  it('tells how far an image is, by itself, and no more of it where that is refused', async () => {
    const offer = sampleOffer();
    const { executionId } = offer;
    const seen: unknown[] = [];
    const note = (_path: string, body: Record<string, unknown>) => {
      seen.push([body['phase'], body['imagePull']]);
      return reported;
    };
    answers = [note, note];
    journal.recordOffer(offer, 1);
    journal.recordAccepted(executionId, { executionId, leaseUntilBootMs: 1, bootId: null });
    journal.recordPreparing(executionId, 'docker', 'container');
    const pull = (bytesDone: number) => ({
      bytesDone,
      bytesTotal: null,
      layersDone: 0,
      layersTotal: 1,
    });
    outbox.noteImagePull(executionId, pull(0));
    outbox.wake(executionId);
    outbox.noteImagePull(executionId, pull(1));
    outbox.noteImagePull(executionId, pull(2));
    await vi.waitFor(
      () =>
        expect(seen).toEqual([
          ['preparing', undefined],
          ['preparing', pull(2)],
        ]),
      within,
    );
    answers = [
      () => {
        throw new MarketError('REQUEST_INVALID');
      },
    ];
    outbox.noteImagePull(executionId, pull(3));
    await vi.waitFor(() => expect(sent).toHaveLength(3), within);
    journal.recordStarting(executionId, 'now');
    journal.recordStarted(executionId, 1);
    answers = [note];
    outbox.wake(executionId);
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['running', undefined]), within);
    answers = [note];
    outbox.noteImagePull(executionId, pull(4));
    const line = { stream: 'stdout' as const, atMs: 1, text: 'x', partial: false };
    journal.appendBlocks(executionId, byteBlocksOf([line]), { bytes: 2, truncated: false });
    outbox.wake(executionId);
    await vi.waitFor(() => expect(sent.at(-1)).toBe('logs'), within);
    expect(sent).toHaveLength(5);
  });

  it('tries again after errors that pass', async () => {
    const executionId = endedExecution();
    const fail = (code: 'STORE_UNAVAILABLE' | 'RATE_LIMITED') => () => {
      throw new MarketError(code);
    };
    answers = [fail('STORE_UNAVAILABLE'), fail('RATE_LIMITED')];
    outbox.wake(executionId);
    await vi.waitFor(() => expect(sent).toEqual(['logs']), 20_000);
    outbox.retryAll();
    await vi.waitFor(() => expect(sent).toEqual(['logs', 'logs']), 20_000);
    outbox.retryAll();
    await outbox.drained();
    expect(journal.find(executionId)?.closed).toBe('reported');
  });

  it.each(['LEASE_STALE', 'RESULT_CONFLICT', 'EXECUTION_NOT_FOUND'] as const)(
    'ends for good with %s',
    async (code) => {
      const executionId = endedExecution();
      const refuse = () => {
        throw new MarketError(code);
      };
      answers = [() => ({ ackedSeq: 2 }), refuse, refuse];
      outbox.wake(executionId);
      await outbox.drained();
      expect(journal.find(executionId)?.closed).toBe('superseded');
    },
  );

  it('delivers the result though its log lines are refused for good', async () => {
    const executionId = endedExecution();
    answers = [
      () => {
        throw new MarketError('REQUEST_INVALID');
      },
    ];
    outbox.wake(executionId);
    await vi.waitFor(() => expect(journal.find(executionId)?.closed).toBe('reported'), 20_000);
    expect(sent).toEqual(['logs', 'result']);
  });

  it('delivers the result though nothing is taken behind lines that were refused for good', async () => {
    const executionId = endedExecution();
    const line = { stream: 'stdout' as const, atMs: 1, text: 'x', partial: false };
    const lines = Array.from({ length: 1_200 }, () => line);
    journal.appendBlocks(executionId, byteBlocksOf(lines), { bytes: 4, truncated: false });
    const refusing = (path: string, { seqFirst }: Record<string, unknown>) => {
      if (path !== 'logs') return reported;
      if (seqFirst === 1) throw new MarketError('REQUEST_INVALID');
      return { ackedSeq: 0 };
    };
    answers = Array(10).fill(refusing);
    outbox.wake(executionId);
    await vi.waitFor(() => expect(journal.find(executionId)?.closed).toBe('reported'), 20_000);
  });

  it('loses no lines to a marketplace that takes fewer at once', async () => {
    const executionId = endedExecution();
    const line = { stream: 'stdout' as const, atMs: 1, text: 'x', partial: false };
    const lines = Array.from({ length: 1_200 }, () => line);
    journal.appendBlocks(executionId, byteBlocksOf(lines), { bytes: 4, truncated: false });
    const taken: number[] = [];
    const older = (path: string, { lines, seqFirst }: Record<string, unknown>) => {
      if (path !== 'logs') return reported;
      const count = (lines as unknown[]).length;
      if (count > 500) throw new MarketError('REQUEST_INVALID');
      taken.push(count);
      return { ackedSeq: Number(seqFirst) + count - 1 };
    };
    answers = Array(10).fill(older);
    outbox.wake(executionId);
    await outbox.drained();
    expect(taken).toEqual([500, 500, 202]);
    expect(journal.find(executionId)?.closed).toBe('reported');
  });

  it('has four batches on their way over a socket, and says all again where the first is not taken', async () => {
    const executionId = endedExecution();
    const lines = Array.from({ length: 6 * limits.logLinesPerBatch }, (_, index) => ({
      stream: 'stdout' as const,
      atMs: 2,
      text: `${index}`,
      partial: false,
    }));
    journal.appendBlocks(executionId, byteBlocksOf(lines), { bytes: 4, truncated: false });
    const stored: string[] = [];
    const arrived: number[] = [];
    const faults = [true];
    /** As the marketplace does: what it has is skipped, and nothing is taken past a hole. */
    const take = ({ seqFirst, blocks }: { seqFirst: number; blocks: LogBlock[] }) => {
      arrived.push(seqFirst);
      if (faults.pop() === true) throw new MarketError('RATE_LIMITED');
      if (seqFirst <= stored.length + 1) {
        stored.push(...blocks.flatMap(lineTexts).slice(stored.length + 1 - seqFirst));
      }
      return { ackedSeq: stored.length };
    };
    link.useChannel({
      isOpen: true,
      takesLogBlocks: true,
      takesUsage: false,
      takesUsageNumbers: false,
      call: async ({ type, fields }) =>
        type === 'logs' ? take(fields as Parameters<typeof take>[0]) : reported,
    });
    outbox.wake(executionId);
    await vi.waitFor(() => expect(arrived.length).toBeGreaterThan(1), within);
    outbox.retryAll();
    await outbox.drained();
    const four = [0, 1, 2, 3].map((batch) => batch * limits.logLinesPerBatch + 1);
    expect(arrived.slice(0, 8)).toEqual([...four, ...four]);
    expect(stored).toEqual(['x', 'x', ...lines.map(({ text }) => text)]);
    expect(journal.find(executionId)?.closed).toBe('reported');
  });

  it('keeps only the tail of the lines of an execution that is closed', async () => {
    const executionId = endedExecution();
    const line = { stream: 'stdout' as const, atMs: 1, text: 'x', partial: false };
    const lines = Array.from({ length: limits.logLinesPerBatch }, () => line);
    journal.appendBlocks(executionId, byteBlocksOf(lines), { bytes: 4, truncated: false });
    const refuse = () => {
      throw new MarketError('LEASE_STALE');
    };
    journal.recordClosed(executionId, 'superseded', 3);
    answers = [refuse, refuse];
    outbox.wake(executionId);
    await outbox.drained();
    expect(linesOf(journal.readBlocks(executionId, 0))).toBe(agentLimits.logTailLines);
  });

  it('reports without a structured output that is refused', async () => {
    const executionId = endedExecution({ odd: true });
    let reported: unknown;
    answers = [
      () => ({ ackedSeq: 2 }),
      () => {
        throw new MarketError('REQUEST_INVALID');
      },
      (_, body) => {
        reported = body['result'];
        return { jobState: 'succeeded', earned: {}, payoutId: null };
      },
    ];
    outbox.wake(executionId);
    await outbox.drained();
    expect(reported).not.toHaveProperty('output');
    expect(journal.find(executionId)?.closed).toBe('reported');
  });
});
