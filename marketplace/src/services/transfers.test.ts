import { limits } from '@node3/shared/limits';
import { describe, expect, it } from 'vitest';
import { type TransferCaller, Transfers } from './transfers.ts';

const refused = expect.objectContaining({ code: 'TRANSFERS_TOO_MANY' }) as unknown;

function agent(number: number): TransferCaller {
  return { kind: 'agent', id: `agt_${number}` };
}

describe('transfers under way', () => {
  it('are so many of one caller, until one of them ends', () => {
    const transfers = new Transfers();
    const under = Array.from({ length: limits.transfersPerCaller }, () =>
      transfers.begin('upload', agent(1)),
    );
    expect(() => transfers.begin('upload', agent(1))).toThrow(refused);
    transfers.begin('upload', agent(2));
    transfers.begin('download', agent(1));
    under[0]?.end();
    under[0]?.end();
    transfers.begin('upload', agent(1));
    expect(() => transfers.begin('upload', agent(1))).toThrow(refused);
  });

  it('are so many of one kind of caller, and leave the other kinds theirs', () => {
    const transfers = new Transfers();
    for (let index = 0; index < limits.transfersPerKind; index += 1) {
      transfers.begin('download', agent(index));
    }
    expect(() => transfers.begin('download', agent(-1))).toThrow(refused);
    transfers.begin('upload', agent(-1));
    transfers.begin('download', { kind: 'account', id: 'acc_1' });
    transfers.begin('download', { kind: 'link', id: 'acc_1' });
  });

  it('that one caller has many of give way to one who has few', () => {
    const transfers = new Transfers();
    const hoarders = Math.ceil(limits.transfersPerKind / limits.transfersPerCaller);
    const held = Array.from({ length: limits.transfersPerKind }, (_, index) =>
      transfers.begin('upload', agent(index % hoarders)),
    );
    const cut = () => held.filter(({ signal }) => signal.aborted).length;
    const others = Array.from({ length: hoarders }, (_, index) =>
      transfers.begin('upload', agent(-1 - index)),
    );
    expect(cut()).toBe(hoarders);
    expect(held[0]?.signal.reason).toEqual(refused);
    expect(others.some(({ signal }) => signal.aborted)).toBe(false);
    // What was cut had lost its place already.
    held[0]?.end();
    expect(() => transfers.begin('upload', agent(0))).toThrow(refused);
  });
});
