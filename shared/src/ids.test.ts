import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeBase64Url,
  encodeCrockford,
  firstIdOf,
  idPattern,
  systemIds,
  timeOfId,
  uuidV7Bytes,
} from './ids.ts';

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

  it('tell when they were made', () => {
    for (const ms of [0, 1, 1_800_000_000_123, 2 ** 48 - 1]) {
      expect(timeOfId(firstIdOf('job', ms))).toBe(ms);
    }
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

describe('secrets', () => {
  it('are base 64 for URLs of as many bytes as were asked for', () => {
    const bytes = fc.uint8Array({ maxLength: 70 });
    fc.assert(
      fc.property(bytes, (some) => {
        expect(encodeBase64Url(some)).toBe(Buffer.from(some).toString('base64url'));
      }),
    );
    for (const size of [0, 1, 18, 32, 4_096, 5_000]) {
      expect(Buffer.from(systemIds.secret(size), 'base64url')).toHaveLength(size);
    }
  });

  it('do not repeat, nor begin with nothing where the source was asked again', () => {
    const made = Array.from({ length: 10_000 }, () => systemIds.secret(18));
    expect(new Set(made).size).toBe(made.length);
    expect(made.filter((secret) => /^A{8}|A{8}$/.test(secret))).toEqual([]);
  });
});
