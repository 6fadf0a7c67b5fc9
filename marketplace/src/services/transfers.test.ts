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
    const ends = Array.from({ length: limits.transfersPerCaller }, () =>
      transfers.begin('upload', agent(1)),
    );
    expect(() => transfers.begin('upload', agent(1))).toThrow(refused);
    transfers.begin('upload', agent(2));
    transfers.begin('download', agent(1));
    ends[0]?.();
    ends[0]?.();
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
});
