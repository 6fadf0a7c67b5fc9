import type { Clock } from '@node3/shared/clock';
import type { Terminal } from '../output/terminal.ts';
import { durationText } from '../output/words.ts';

export interface Steps {
  /** Runs one part of the start and prints a line about it; `note` says what came of it. */
  run<T>(label: string, work: () => Promise<T>, note: (value: T) => string): Promise<T>;
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
      const waiting = setTimeout(() => {
        const line = `  ${name} ${dim('working …')}`;
        void (terminal.live ? terminal.raw('stderr', line) : terminal.talk(line));
      }, silenceMsMax);
      try {
        const value = await work();
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
