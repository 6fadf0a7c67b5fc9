import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';

/** Sizes of the database's files and of their disk. What can't be read has no sample. */
export async function showFiles(metrics: MarketplaceMetrics, databasePath: string): Promise<void> {
  const [size, wal, disk] = await Promise.all([
    sizeOf(databasePath),
    sizeOf(`${databasePath}-wal`),
    statfs(dirname(databasePath)).catch(() => null),
  ]);
  metrics.show('node3_db_size_bytes', [{ labels: {}, value: size }]);
  metrics.show('node3_db_wal_bytes', [{ labels: {}, value: wal }]);
  const free = disk === null ? null : disk.bavail * disk.bsize;
  const whole = disk === null ? null : disk.blocks * disk.bsize;
  metrics.show('node3_disk_free_bytes', [{ labels: {}, value: free }]);
  metrics.show('node3_disk_size_bytes', [{ labels: {}, value: whole }]);
}

function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}
