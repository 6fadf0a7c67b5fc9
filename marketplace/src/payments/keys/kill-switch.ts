import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isNotFound } from '@node3/shared/file-error';
import type { PayoutGate } from '../payout-gate.ts';
import type { PayoutSwitch } from '../payout-switch.ts';

/** What is shown of the reason in the file. */
const reasonLengthMax = 500;

/**
 * A file whose existence forbids every signature of the treasury, so that it can be pulled with
 * nothing but `touch` when the service itself is not to be trusted, and stays pulled over restarts.
 * Reads are synchronous: nothing can happen between the look and the signature.
 */
export function createKillSwitch(path: string): PayoutSwitch & PayoutGate {
  function reason(): string | null {
    try {
      const [line = ''] = readFileSync(path, 'utf8').slice(0, reasonLengthMax).split('\n');
      return line.trim() === '' ? `the file ${path} exists` : line.trim();
    } catch (error) {
      if (isNotFound(error)) return null;
      // It may be there and unreadable; not knowing is not a permission to pay.
      return `the file ${path} can't be read`;
    }
  }

  function sentence(): string | null {
    const why = reason();
    return why === null ? null : `Payouts are stopped: ${why.replace(/\.$/, '')}.`;
  }

  return {
    reason,
    sentence,
    check: async () => sentence(),
    stop(why) {
      const file = openSync(path, 'w', 0o600);
      try {
        writeSync(file, `${why.replaceAll(/\s+/g, ' ').trim()}\n`);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      syncFolder(dirname(path));
    },
    start() {
      rmSync(path, { force: true });
      syncFolder(dirname(path));
    },
  };
}

/** Its place in a data folder. */
export function killSwitchPath(dataDir: string): string {
  return join(dataDir, 'payouts.stop');
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
