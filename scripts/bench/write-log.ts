import type { Client } from '@node3/shared/client';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { appendLogs, type ExecutionOffer } from '@node3/shared/routes/agents';

/** Lines as an agent sends them, in blocks as large as a request may have. */
export async function writeLog(
  agent: Client,
  offer: Pick<ExecutionOffer, 'executionId' | 'attempt' | 'leaseToken'>,
  lines: { first: number; count: number; atMs: number; textOf: (seq: number) => string },
): Promise<void> {
  const { executionId, attempt, leaseToken } = offer;
  const { first, count, atMs, textOf } = lines;
  const perBatch = limits.logLinesPerBatch;
  for (let seqFirst = first; seqFirst < first + count; seqFirst += perBatch) {
    const lineCount = Math.min(perBatch, first + count - seqFirst);
    let text = '';
    for (let seq = seqFirst; seq < seqFirst + lineCount; seq += 1) text += `${textOf(seq)}\n`;
    const blocks = [{ stream: 'stdout' as const, atMs, lineCount, text }];
    const body = { attempt, leaseToken, seqFirst, blocks };
    await sendBatch(() => agent.call(appendLogs, { params: { executionId }, body }));
  }
}

/** Waits as long as it is told where it sends faster than it may, as an agent does. */
async function sendBatch(send: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await send();
      return;
    } catch (error) {
      const isEarly = error instanceof MarketError && error.code === 'RATE_LIMITED';
      if (!isEarly) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
