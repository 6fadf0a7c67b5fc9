import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { AuditStore } from '../store/audit-store.ts';
import type { Store } from '../store/store.ts';

interface Deps {
  store: Pick<Store, 'backUp'> & Pick<AuditStore, 'appendAudit'>;
  clock: Clock;
  /** Where a backup lies until it is sent: on a disk with room for another database. */
  folder: string;
}

export interface Backup {
  bytes: number;
  /** Its bytes. Whoever takes them all, or gives up, has it removed. */
  read(): AsyncIterable<Uint8Array>;
}

/** One at a time: each needs as much disk as the database. */
export class Backups {
  readonly #deps: Deps;
  #isTaking = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Throws BACKUP_RUNNING while another one is taken or sent. */
  async take(): Promise<Backup> {
    if (this.#isTaking) throw new MarketError('BACKUP_RUNNING');
    this.#isTaking = true;
    const { store, clock, folder } = this.#deps;
    const path = join(folder, 'backup.db');
    const remove = async () => {
      await rm(folder, { recursive: true, force: true });
      this.#isTaking = false;
    };
    try {
      // What a process left that was killed in the middle.
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await store.backUp(path);
      const { size } = await stat(path);
      await store.appendAudit([backedUp(clock.nowMs(), size)]);
      return { bytes: size, read: () => bytesOf(path, remove) };
    } catch (error) {
      await remove();
      throw error;
    }
  }
}

async function* bytesOf(path: string, remove: () => Promise<void>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path)) yield chunk as Buffer;
  } finally {
    await remove();
  }
}

function backedUp(atMs: number, bytes: number) {
  return {
    atMs,
    action: 'database.backed_up',
    actor: 'operator' as const,
    accountId: null,
    keyId: null,
    ip: null,
    requestId: null,
    target: null,
    facts: { bytes },
  };
}
