import { describe, expect, it } from 'vitest';
import { agentLimits } from '../agent-limits.ts';
import { ManualHostClock } from '../testing/manual-host-clock.ts';
import { AckedLines } from './acked-lines.ts';

describe('AckedLines', () => {
  it('is written down now and then, and what is not yet is known at once', () => {
    const clock = new ManualHostClock();
    const saved: number[] = [];
    const ackLines = (_: string, seq: number) => void saved.push(seq);
    const acked = new AckedLines('exc_1', { clock, journal: { ackLines } });
    const onDisk = { lines: { spooled: 9, bytes: 0, acked: 0, truncated: false, read: null } };
    acked.note(2);
    acked.note(5);
    acked.note(4);
    expect(acked.seqOf(onDisk)).toBe(5);
    expect(saved).toEqual([]);
    clock.advance(agentLimits.logAckMs - 1);
    expect(acked.saveWhenDue()).toBe(1);
    clock.advance(1);
    expect(acked.saveWhenDue()).toBeNull();
    expect(saved).toEqual([5]);
    acked.note(6);
    expect(saved).toEqual([5]);
    clock.advance(agentLimits.logAckMs);
    acked.note(7);
    expect(saved).toEqual([5, 7]);
    expect(acked.seqOf({ lines: { ...onDisk.lines, acked: 8 } })).toBe(8);
  });
});
