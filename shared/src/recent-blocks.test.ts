import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NumberedBlock, RecentBlocks } from './recent-blocks.ts';

interface Block extends NumberedBlock {
  text: string;
}

function block(seq: number, lineCount = 1, chars = 10): Block {
  return { seq, lineCount, text: 'x'.repeat(chars) };
}
const charsOf = ({ text }: Block) => text.length;

describe('recent blocks', () => {
  it('are given from one on, and not where the one before them ends elsewhere', () => {
    const recent = new RecentBlocks(1_000, charsOf);
    expect(recent.after(0)).toBeNull();
    recent.add([block(1, 3), block(4)]);
    recent.add([block(5)]);
    expect(recent.after(0)?.map(({ seq }) => seq)).toEqual([1, 4, 5]);
    expect(recent.after(3)?.map(({ seq }) => seq)).toEqual([4, 5]);
    expect(recent.after(1)).toBeNull();
    expect(recent.after(5)).toBeNull();
  });

  it('begin anew behind a hole', () => {
    const recent = new RecentBlocks(1_000, charsOf);
    recent.add([block(1), block(2)]);
    recent.add([block(7)]);
    recent.add([]);
    expect(recent.after(1)).toBeNull();
    expect(recent.after(6)).toHaveLength(1);
  });

  it('are gone up to a number, but for one that goes beyond it', () => {
    const recent = new RecentBlocks(1_000, charsOf);
    recent.add([block(1, 3), block(4, 3), block(7)]);
    recent.dropTo(5);
    expect(recent.after(0)).toBeNull();
    expect(recent.after(3)).toHaveLength(2);
    recent.dropTo(7);
    expect(recent.after(6)).toBeNull();
    recent.add([block(8)]);
    expect(recent.after(7)).toHaveLength(1);
  });

  it('are in a row, the newest ones, and no more than asked but for one', () => {
    const added = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat({ max: 60 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(added, (sizes) => {
        const recent = new RecentBlocks(100, charsOf);
        let seq = 1;
        const all = sizes.map(([lineCount, chars]) => {
          const next = block(seq, lineCount, chars);
          seq += lineCount;
          recent.add([next]);
          return next;
        });
        const kept = all.filter((each) => recent.after(each.seq - 1) !== null);
        expect(kept).toEqual(all.slice(all.length - kept.length));
        expect(recent.after((kept[0]?.seq ?? 0) - 1)).toEqual(kept);
        const chars = kept.slice(1).reduce((sum, { text }) => sum + text.length, 0);
        expect(chars).toBeLessThanOrEqual(100);
        const older = all.at(-kept.length - 1);
        const all100 = kept.reduce((sum, { text }) => sum + text.length, older?.text.length ?? 101);
        expect(all100).toBeGreaterThan(100);
      }),
    );
  });
});
