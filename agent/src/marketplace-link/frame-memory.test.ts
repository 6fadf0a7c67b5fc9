import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { FrameMemory } from './frame-memory.ts';

it('gives the same memory again, and no piece to two', () => {
  const memory = new FrameMemory();
  const first = memory.take(10);
  const second = memory.take(10);
  expect(second.buffer).not.toBe(first.buffer);
  memory.giveBack(first.subarray(0, 10));
  expect(memory.take(700_000).buffer).toBe(first.buffer);
  expect(memory.take(10).buffer).not.toBe(first.buffer);
});

it('keeps neither what is too large nor what is not its own', () => {
  const memory = new FrameMemory();
  const large = memory.take(2_000_000);
  expect(large).toHaveLength(2_000_000);
  memory.giveBack(large);
  const shared = Buffer.from('abc');
  memory.giveBack(shared);
  const next = memory.take(3);
  expect([large.buffer, shared.buffer]).not.toContain(next.buffer);
  memory.giveBack(next);
  memory.clear();
  expect(memory.take(3).buffer).not.toBe(next.buffer);
});
