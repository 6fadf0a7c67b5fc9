import { describe, expect, it } from 'vitest';
import { encodeCrockford, idPattern, systemIds, uuidV7Bytes } from './ids.ts';

describe('ids', () => {
  it('match the pattern of their kind and of no other', () => {
    const job = systemIds.next('job');
    expect(job).toMatch(new RegExp(idPattern('job')));
    expect(job).not.toMatch(new RegExp(idPattern('agent')));
  });

  it('sort by the time they were made', () => {
    const random = new Uint8Array(10).fill(255);
    const early = encodeCrockford(uuidV7Bytes(1_800_000_000_000, random));
    const late = encodeCrockford(uuidV7Bytes(1_800_000_000_001, new Uint8Array(10)));
    expect(early < late).toBe(true);
  });

  it('do not repeat', () => {
    const made = new Set(Array.from({ length: 10_000 }, () => systemIds.next('execution')));
    expect(made.size).toBe(10_000);
  });

  it('carry version 7 and the RFC variant', () => {
    const bytes = uuidV7Bytes(0, new Uint8Array(10).fill(255));
    expect((bytes[6] ?? 0) >> 4).toBe(7);
    expect((bytes[8] ?? 0) >> 6).toBe(2);
  });
});
