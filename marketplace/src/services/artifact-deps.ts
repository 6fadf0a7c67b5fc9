import type { Clock } from '@node3/shared/clock';
import type { Ids } from '@node3/shared/ids';
import type { Logger } from '@node3/shared/logger';
import type { RateRule } from '@node3/shared/rate-watch';
import type { BlobStore } from '../blobs/blob-store.ts';
import type { ArtifactQuota } from '../store/artifact-store.ts';
import type { Store } from '../store/store.ts';
import type { DiskRoom } from './disk-room.ts';
import type { PartWriters } from './part-writers.ts';
import type { SignedLinks } from './signed-links.ts';
import type { Transfers } from './transfers.ts';

export interface ArtifactSettings {
  quota: ArtifactQuota;
  /** How long an artifact is kept after it was completed. */
  keepMs: number;
  /** How fast callers send and take bytes at least. */
  pace: RateRule;
}

/** What everything about artifacts needs. */
export interface ArtifactDeps {
  store: Store;
  blobs: BlobStore;
  clock: Clock;
  ids: Ids;
  log: Logger;
  artifacts: ArtifactSettings;
  room: DiskRoom;
  partWriters: PartWriters;
  transfers: Transfers;
  signedLinks: SignedLinks;
}
