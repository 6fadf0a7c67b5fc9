import { stat } from 'node:fs/promises';
import type { DiskRoom } from '../services/disk-room.ts';
import type { MarketplaceMetrics } from './marketplace-metrics.ts';

/** Sizes of the database's files. What can't be read has no sample. */
export async function showFiles(metrics: MarketplaceMetrics, databasePath: string): Promise<void> {
  const [size, wal] = await Promise.all([sizeOf(databasePath), sizeOf(`${databasePath}-wal`)]);
  metrics.show('node3_db_size_bytes', [{ labels: {}, value: size }]);
  metrics.show('node3_db_wal_bytes', [{ labels: {}, value: wal }]);
}

/** The disks as of the last look at them. */
export function showDisks(
  metrics: MarketplaceMetrics,
  { refusal, sizes }: Pick<DiskRoom, 'refusal' | 'sizes'>,
): void {
  const samples = (size: 'free' | 'whole') =>
    sizes.map((disk) => ({ labels: { disk: disk.name }, value: disk[size] }));
  metrics.show('node3_disk_free_bytes', samples('free'));
  metrics.show('node3_disk_size_bytes', samples('whole'));
  metrics.show('node3_new_work_refused', [{ labels: {}, value: refusal === null ? 0 : 1 }]);
}

function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}
