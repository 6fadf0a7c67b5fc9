import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@node3/shared/logger';
import { SqliteDatabase } from '../store/sqlite/sqlite-database.ts';
import { assureDatabase } from './empty-database.ts';
import { SharedDatabase } from './shared-database.ts';
import {
  startTestMarketplace,
  type TestMarketplace,
  type TestOptions,
} from './test-marketplace.ts';

export interface TestReplicas {
  replicas: TestMarketplace[];
  stop(): Promise<void>;
}

/** Several whole services, each with its own port, on one database; what they tell each other may get lost. */
export async function startTestReplicas(
  count: number,
  { hints = 'heard', ...options }: TestOptions & { hints?: 'heard' | 'lost' } = {},
): Promise<TestReplicas> {
  const folder = await mkdtemp(join(tmpdir(), 'node3-replicas-'));
  const path = join(folder, 'market.db');
  assureDatabase(path);
  const sqlite = new SqliteDatabase({
    path,
    log: silentLogger,
    onFatal(error) {
      throw error;
    },
  });
  const shared = new SharedDatabase(sqlite);
  const replicas: TestMarketplace[] = [];
  for (let index = 0; index < count; index += 1) {
    const { store, bus } = shared.join();
    if (hints === 'lost') bus.listen = () => undefined;
    replicas.push(await startTestMarketplace({ ...options, folder, shared: { store, bus } }));
  }
  return {
    replicas,
    async stop() {
      for (const replica of replicas) await replica.stop();
      await sqlite.close();
      await rm(folder, { recursive: true });
    },
  };
}
