import type { Logger } from '@node3/shared/logger';
import { type Loop, startLoop } from '@node3/shared/loop';
import type { DiskRoom } from '../services/disk-room.ts';

/** A look takes microseconds, and a disk is filled within seconds. */
const lookMs = 1_000;

export function startDiskWatcher({ room, log }: { room: DiskRoom; log: Logger }): Loop {
  return startLoop({ name: 'disk-watcher', intervalMs: lookMs, log, run: () => room.look() });
}
