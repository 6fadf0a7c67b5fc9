import type { Context } from '../context.ts';
import { bytesText } from '../output/words.ts';

const eraseLine = '\r\u001b[2K';
/** A terminal is redrawn no more often. */
const redrawMs = 100;

/** How far a transfer is, in one line that a terminal redraws; elsewhere it says nothing. */
export interface TransferProgress {
  show(bytesDone: number, bytesTotal: number): void;
  clear(): Promise<void>;
}

export function createProgress({ terminal, host }: Context, name: string): TransferProgress {
  if (!terminal.live) return { show: () => undefined, clear: async () => undefined };
  let lastAtMs = Number.NEGATIVE_INFINITY;
  const short = name.slice(0, terminal.columns / 2);
  return {
    show(bytesDone, bytesTotal) {
      const nowMs = host.clock.monotonicMs();
      if (nowMs - lastAtMs < redrawMs) return;
      lastAtMs = nowMs;
      const percent = bytesTotal === 0 ? 100 : Math.floor((100 * bytesDone) / bytesTotal);
      const words = `${percent} % of ${bytesText(bytesTotal)}  ${short}`;
      void terminal.raw('stderr', `${eraseLine}${words}`);
    },
    clear: () => terminal.raw('stderr', eraseLine),
  };
}
