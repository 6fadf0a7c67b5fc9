import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import { agentLimits } from '../agent-limits.ts';
import { writePrivateFile } from '../secrets.ts';
import { readStoredHistory } from './stored-history.ts';
import type { TelemetryHistory } from './telemetry-history.ts';

export interface HistoryKeeperDeps {
  history: TelemetryHistory;
  /** `telemetry-history.json` in the data folder. */
  path: string;
  log: Logger;
}

/**
 * Writes the history of telemetry down every few minutes and at the end. It is nothing that anybody
 * was promised: what can't be read or written is told in the log, and the agent goes on.
 */
export class HistoryKeeper {
  readonly #deps: HistoryKeeperDeps;
  #loop: Loop | null = null;

  constructor(deps: HistoryKeeperDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { history, log, path } = this.#deps;
    try {
      const stored = await readStoredHistory(path);
      if (stored !== null) history.restore(stored);
    } catch (error) {
      log.warn({ err: error }, 'the history of telemetry could not be read');
    }
    this.#loop = startLoop({
      name: 'telemetry-history',
      log,
      intervalMs: agentLimits.historyFlushMs,
      delayMs: agentLimits.historyFlushMs,
      run: () => this.#flush(),
    });
  }

  async stop(): Promise<void> {
    if (this.#loop === null) return;
    await this.#loop.stop();
    await this.#flush();
  }

  async #flush(): Promise<void> {
    const { history, log, path } = this.#deps;
    const stored = history.store();
    if (stored.devices.length === 0) return;
    // Eight digits are more than any tool measures.
    const text = JSON.stringify(stored, (_, value: unknown) =>
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(8)) : value,
    );
    await writePrivateFile(path, text).catch((error: unknown) => {
      log.warn({ err: error }, 'the history of telemetry could not be written');
    });
  }
}
