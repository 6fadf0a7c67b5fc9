import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import { agentLimits } from '../agent-limits.ts';
import { cutLogBatch } from './log-batch.ts';

const line = (seq: number, text: string) => ({
  seq,
  stream: 'stdout' as const,
  atMs: 1,
  text,
  partial: false,
});

describe('cutLogBatch', () => {
  it('is nothing for no lines', () => {
    expect(cutLogBatch([])).toBeNull();
  });

  it('takes at most the lines that a batch may hold', () => {
    const lines = Array.from({ length: limits.logLinesPerBatch + 5 }, (_, i) => line(i + 7, 'x'));
    const batch = cutLogBatch(lines);
    expect(batch?.seqFirst).toBe(7);
    expect(batch?.lines).toHaveLength(limits.logLinesPerBatch);
    expect(batch?.seqLast).toBe(6 + limits.logLinesPerBatch);
  });

  it('counts bytes as JSON, where a control character takes six', () => {
    const wide = '\u0001'.repeat(limits.logLineBytes);
    const lines = Array.from({ length: 100 }, (_, i) => line(i + 1, wide));
    const batch = cutLogBatch(lines);
    const bytes = Buffer.byteLength(JSON.stringify(batch?.lines));
    expect(bytes).toBeLessThanOrEqual(agentLimits.logBatchBytes);
    expect(bytes).toBeGreaterThan(agentLimits.logBatchBytes / 2);
  });
});
