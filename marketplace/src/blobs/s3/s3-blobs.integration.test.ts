import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { mustSkip } from '@node3/shared/testing/resources';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { describeBlobs } from '../blob-store.conformance.ts';
import { missingSwift, type SwiftServer, startSwift } from '../testing/swift-server.ts';
import { openS3Blobs, type S3Settings } from './s3-blobs.ts';

const skipped = mustSkip({ resource: 's3', missing: missingSwift() });

describe.skipIf(skipped)('S3, as a real server speaks it', () => {
  let server: SwiftServer;
  let buckets = 0;
  beforeAll(async () => {
    server = await startSwift();
  });
  afterAll(() => server?.stop());

  describeBlobs('a bucket', async () => {
    buckets += 1;
    const settings = { ...server.settings, bucket: `artifacts-${buckets}` };
    await createBucket(settings);
    const folder = await mkdtemp(join(tmpdir(), 'node3-parts-'));
    let opened = await openS3Blobs(settings, folder);
    return {
      blobs: opened,
      async reopen() {
        opened.close();
        opened = await openS3Blobs(settings, folder);
        return opened;
      },
      async dispose() {
        opened.close();
        expect(await readdir(folder)).toEqual([]);
        await rm(folder, { recursive: true });
      },
    };
  });
});

async function createBucket({ endpoint, region, bucket, ...keys }: S3Settings): Promise<void> {
  const client = new S3Client({
    endpoint: endpoint ?? '',
    region,
    forcePathStyle: true,
    credentials: keys,
  });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}
