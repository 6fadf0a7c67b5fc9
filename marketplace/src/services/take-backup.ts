import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
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
  /** Its bytes. It is removed when they were read or the stream is destroyed. */
  read(): Readable;
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
    let own: string | null = null;
    const remove = async () => {
      if (own !== null) await rm(own, { recursive: true, force: true });
      this.#isTaking = false;
    };
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await removeLeftovers(folder, clock.nowMs());
      // Of its own: other processes may share the folder.
      own = await mkdtemp(join(folder, 'taken-'));
      const path = join(own, 'backup.db');
      await store.backUp(path);
      const { size } = await stat(path);
      await store.appendAudit([backedUp(clock.nowMs(), size)]);
      const read = () => {
        const bytes = createReadStream(path);
        bytes.once('close', () => void remove());
        return bytes;
      };
      return { bytes: size, read };
    } catch (error) {
      await remove();
      throw error;
    }
  }
}

const leftoverMs = 86_400_000;

/** What processes left that were killed in the middle. */
async function removeLeftovers(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < nowMs - leftoverMs) {
      await rm(path, { recursive: true, force: true });
    }
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
