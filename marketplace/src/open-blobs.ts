import { join } from 'node:path';
import { limits } from '@node3/shared/limits';
import type { ArtifactConfig } from './artifact-config.ts';
import type { BlobStore } from './blobs/blob-store.ts';
import { openDiskBlobs } from './blobs/disk/disk-blobs.ts';
import type { ArtifactSettings } from './services/artifact-deps.ts';

const dayMs = 86_400_000;
const noMatter = Number.MAX_SAFE_INTEGER;

/** Where they lie on this machine: perhaps a disk of their own. */
export function artifactsFolder(dataDir: string): string {
  return join(dataDir, 'artifacts');
}

/** Where the configuration wants the bytes of artifacts. */
export async function openBlobs(config: {
  artifacts: ArtifactConfig;
  dataDir: string;
}): Promise<BlobStore> {
  const { s3 } = config.artifacts;
  if (s3 === null) return openDiskBlobs(artifactsFolder(config.dataDir));
  // A few megabytes of code that most marketplaces never run.
  const { openS3Blobs } = await import('./blobs/s3/s3-blobs.ts');
  return openS3Blobs(s3, join(config.dataDir, 'parts'));
}

export function settingsOf(config: ArtifactConfig): ArtifactSettings {
  return {
    quota: {
      all: { bytes: config.bytesMax, files: noMatter },
      account: { bytes: config.bytesPerAccount, files: limits.artifactsPerAccount },
      job: { bytes: limits.artifactBytesPerJob, files: limits.artifactsPerJob },
    },
    keepMs: config.keepDays * dayMs,
    pace: { windowMs: limits.transferWindowMs, windowBytes: limits.transferWindowBytes },
  };
}
