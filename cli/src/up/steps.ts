import type { Clock } from '@node3/shared/clock';
import type { Terminal } from '../output/terminal.ts';
import { durationText } from '../output/words.ts';

export type Say = (text: string) => void;

export interface Steps {
  /**
   * Runs one part of the start and prints a line about it; `note` says what came of it. While it
   * lasts, `work` can say what it waits for.
   */
  run<T>(label: string, work: (say: Say) => Promise<T>, note: (value: T) => string): Promise<T>;
}

/** Nobody should look at a still screen for longer than this. */
const silenceMsMax = 1_000;
const labelWidth = 13;
const timeWidth = 7;
const eraseLine = '\r\u001b[2K';

export function createSteps(terminal: Terminal, clock: Clock): Steps {
  const { dim } = terminal.talkPaint;
  return {
    async run(label, work, note) {
      const startedMs = clock.monotonicMs();
      const name = label.padEnd(labelWidth);
      const say = (text: string) => {
        clearTimeout(waiting);
        // A line that is redrawn must not be longer than the terminal is wide.
        const line = `  ${name} ${dim(text)}`;
        const short = `  ${name} ${dim(text.slice(0, terminal.columns - labelWidth - 4))}`;
        void (terminal.live ? terminal.raw('stderr', `${eraseLine}${short}`) : terminal.talk(line));
      };
      const waiting = setTimeout(() => say('working …'), silenceMsMax);
      try {
        const value = await work(say);
        clearTimeout(waiting);
        await erase();
        const time = durationText(clock.monotonicMs() - startedMs).padStart(timeWidth);
        await terminal.talk(`  ${name} ${dim(time)}  ${note(value)}`);
        return value;
      } catch (error) {
        clearTimeout(waiting);
        await erase();
        await terminal.talk(`  ${name} ${terminal.talkPaint.red('failed')}`);
        throw error;
      }
    },
  };

  function erase(): Promise<void> {
    return terminal.live ? terminal.raw('stderr', eraseLine) : Promise.resolve();
  }
}
