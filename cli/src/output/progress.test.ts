import { ManualClock } from '@node3/shared/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import { displayWidth } from './display-width.ts';
import { progressText } from './progress-text.ts';
import { StatusLine } from './status-line.ts';
import { TransferRate } from './transfer-rate.ts';

const eraseLine = '\r\u001b[2K';
const gigabyte = 1_000_000_000;

describe('progressText', () => {
  const facts = {
    bytesDone: 3.1 * gigabyte,
    bytesTotal: 4 * gigabyte,
    bytesPerSec: 12_300_000,
    etaSec: 73.2,
    layersDone: 3,
    layersTotal: 8,
  };

  it('says what is known, and where there is no room what matters most', () => {
    const text = (columns: number) => progressText('pulling', 'pytorch:2.6', facts, columns);
    expect(text(120)).toBe(
      'pulling   pytorch:2.6  █████████░░░  77 %  3.1 GB of 4.0 GB  12.3 MB/s  1m 14s left  3 of 8 layers',
    );
    expect(text(80)).toBe('pulling   pytorch:2.6  77 %  3.1 GB of 4.0 GB  12.3 MB/s  1m 14s left');
    expect(text(40)).toBe('pulling   pytorch:2.6  77 %  1m 14s left');
    for (let columns = 1; columns < 120; columns += 1) {
      expect(displayWidth(text(columns))).toBeLessThanOrEqual(columns);
    }
  });

  it('leaves out what nobody told', () => {
    const unknown = { bytesDone: null, bytesTotal: null, bytesPerSec: null, etaSec: null };
    expect(progressText('pulling', 'a\u001b[2Jb\n', unknown)).toBe('pulling   ab ');
    const some = { ...unknown, bytesDone: 1_500, layersDone: 0, layersTotal: 2 };
    expect(progressText('pulling', 'x', some)).toBe('pulling   x  1.5 kB  0 of 2 layers');
    const empty = { ...unknown, bytesDone: 0, bytesTotal: 0 };
    expect(progressText('uploading', 'x', empty)).toContain('100 %');
  });
});

describe('TransferRate', () => {
  it('knows no rate at first, follows a change, and begins anew with the transfer', () => {
    const rate = new TransferRate();
    rate.see(1_000, 0);
    rate.see(1_400, 400);
    expect([rate.bytesPerSec, rate.etaSec(2_000)]).toEqual([null, null]);
    rate.see(2_000, 1_000);
    expect([rate.bytesPerSec, rate.etaSec(3_000), rate.etaSec(null)]).toEqual([1_000, 1, null]);
    for (let second = 2; second <= 30; second += 1) rate.see(2_000, second * 1_000);
    expect([rate.bytesPerSec, rate.etaSec(3_000)]).toEqual([0, null]);
    rate.see(5, 31_000);
    expect(rate.bytesPerSec).toBeNull();
  });
});

describe('the status line', () => {
  /** What a terminal shows: lines that stand, and the one that is written. */
  class Screen {
    readonly isTty = true;
    columns: number | null = 20;
    #text = '';
    write(text: string): Promise<void> {
      for (const [at, piece] of text.split(eraseLine).entries()) {
        if (at > 0) this.#text = this.#text.replace(/[^\n]*$/, '');
        this.#text += piece;
      }
      return Promise.resolve();
    }
    get lines(): string[] {
      return this.#text.split('\n');
    }
  }

  function setUp() {
    const screen = new Screen();
    const clock = new ManualClock();
    const line = new StatusLine({ output: screen, clock, paint: (text) => text });
    const say = (text: string) => line.above(text, () => screen.write(text));
    return { screen, clock, line, say };
  }

  it('stays below what others write, and breaks no line of theirs', async () => {
    const { screen, line, say } = setUp();
    line.set(() => 'waiting');
    await say('one\n');
    expect(screen.lines).toEqual(['one', 'waiting']);
    await say('prompt> ');
    expect(screen.lines).toEqual(['one', 'prompt> ']);
    await say('yes\n');
    expect(screen.lines).toEqual(['one', 'prompt> yes', 'waiting']);
    line.set(null);
    expect(screen.lines).toEqual(['one', 'prompt> yes', '']);
    await say('two\n');
    expect(screen.lines.at(-2)).toBe('two');
  });

  it('never wraps, also when the window becomes narrower', () => {
    const { screen, clock, line } = setUp();
    const texts: number[] = [];
    const text = (columns: number) => {
      texts.push(columns);
      return 'x'.repeat(50);
    };
    line.set(text);
    screen.columns = 10;
    clock.advance(100);
    line.set(text);
    expect(texts).toEqual([19, 9]);
    expect(screen.lines).toEqual([`${'x'.repeat(8)}…`]);
    line.set(null);
  });

  it('is drawn no more often than a person can see', () => {
    const { clock, line } = setUp();
    let drawn = 0;
    const text = () => {
      drawn += 1;
      return 'x';
    };
    for (let ms = 0; ms < 1_000; ms += 10) {
      line.set(text);
      clock.advance(10);
    }
    line.set(null);
    expect(drawn).toBeLessThanOrEqual(11);
  });
});
