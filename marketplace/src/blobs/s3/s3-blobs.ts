import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';
import { Turns } from '@node3/shared/turns';
import type { BlobHandle, BlobStore, ByteRange, KeptPart } from '../blob-store.ts';
import { exactLength } from '../exact-length.ts';
import { spoolPart } from './spool-part.ts';

export interface S3Settings {
  /** Such as `https://s3.eu-central-1.amazonaws.com`; null is Amazon's own for the region. */
  endpoint: string | null;
  region: string;
  bucket: string;
  /** Put before every key, such as `node3/`; may be empty. */
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. */
  pathStyle: boolean;
}

/** Parts that are in memory at a time: one can be sent again only from there. */
const partsInMemory = 4;
const attempts = 4;
const connectMs = 5_000;
const answerMs = 60_000;
/** Longer than a slow reader of ours may let a connection rest. */
const silentMs = 2 * limits.transferWindowMs;
/** Downloads of accounts, agents and links, the parts in memory, and some for what is short. */
const socketsMax = 3 * limits.transfersPerKind + partsInMemory + 32;

/**
 * Blobs in a bucket of any store that speaks S3: multipart uploads and ranges. A part lies in
 * `spoolFolder` until all of it has come, so that slow senders keep nobody from sending theirs.
 */
export async function openS3Blobs(
  settings: S3Settings,
  spoolFolder: string,
): Promise<BlobStore & { close(): void }> {
  const client = createS3Client(settings);
  const turns = new Turns(partsInMemory);
  await mkdir(spoolFolder, { recursive: true, mode: 0o700 });
  const at = (key: string) => ({ Bucket: settings.bucket, Key: `${settings.prefix}${key}` });
  async function read(key: string, { start, end }: ByteRange): Promise<Readable> {
    // S3 has no range for no bytes.
    if (end <= start) return Readable.from([], { objectMode: false });
    const Range = `bytes=${start}-${end - 1}`;
    const sent = client.send(new GetObjectCommand({ ...at(key), Range }));
    const { Body } = await sent.catch((error: unknown) => {
      throw asMissing(error, key);
    });
    assert(Body !== undefined, 'S3 answers a read with a body');
    return Body as Readable;
  }
  return {
    kind: 's3',
    async begin(key) {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(at(key)));
      assert(UploadId !== undefined, 'S3 names an upload that it has begun');
      return UploadId;
    },
    async writePart({ key, upload }, part, body) {
      const spooled = await spoolPart(spoolFolder, exactLength(body, part.bytes));
      try {
        return await turns.run(async () => {
          const Body = await spooled.read();
          const named = { ...at(key), UploadId: upload, PartNumber: part.number, Body };
          const sent = client.send(new UploadPartCommand(named));
          const { ETag } = await sent.catch((error: unknown) => {
            throw asMissing(error, key);
          });
          assert(ETag !== undefined, 'S3 answers a part with its tag');
          return ETag;
        });
      } finally {
        await spooled.remove();
      }
    },
    async complete(blob, parts) {
      if (parts.length === 0) {
        // A multipart upload can't be empty.
        await abort(client, { ...at(blob.key), UploadId: blob.upload });
        await client.send(new PutObjectCommand({ ...at(blob.key), Body: '' }));
        return;
      }
      await completeParts(client, at(blob.key), blob, parts);
    },
    async abort({ key, upload }) {
      await abort(client, { ...at(key), UploadId: upload });
    },
    read,
    async sha256(key, bytes) {
      const hash = createHash('sha256');
      for await (const piece of await read(key, { start: 0, end: bytes })) hash.update(piece);
      return hash.digest('hex');
    },
    async delete(key) {
      await client.send(new DeleteObjectCommand(at(key)));
    },
    close() {
      client.destroy();
    },
  };
}

function createS3Client(settings: S3Settings): S3Client {
  const { endpoint, region, pathStyle, accessKeyId, secretAccessKey } = settings;
  return new S3Client({
    region,
    ...(endpoint === null ? {} : { endpoint }),
    forcePathStyle: pathStyle,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: attempts,
    // Newer checksums are not known everywhere; what is kept is checked by its sha256 in any case.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: connectMs,
      requestTimeout: answerMs,
      throwOnRequestTimeout: true,
      socketTimeout: silentMs,
      httpAgent: { keepAlive: true, maxSockets: socketsMax },
      httpsAgent: { keepAlive: true, maxSockets: socketsMax },
    },
  });
}

async function completeParts(
  client: S3Client,
  at: { Bucket: string; Key: string },
  { key, upload }: BlobHandle,
  parts: readonly KeptPart[],
): Promise<void> {
  const Parts = parts.map(({ number, tag }) => ({ PartNumber: number, ETag: tag }));
  try {
    const named = { ...at, UploadId: upload, MultipartUpload: { Parts } };
    await client.send(new CompleteMultipartUploadCommand(named));
  } catch (error) {
    if (!isMissing(error)) throw error;
    // An earlier call has completed it, or there is none.
    await client.send(new HeadObjectCommand(at)).catch((cause: unknown) => {
      throw asMissing(cause, key);
    });
  }
}

async function abort(
  client: S3Client,
  upload: { Bucket: string; Key: string; UploadId: string },
): Promise<void> {
  try {
    await client.send(new AbortMultipartUploadCommand(upload));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

const missing = new Set(['NoSuchKey', 'NoSuchUpload', 'NotFound']);

function isMissing(error: unknown): boolean {
  return error instanceof Error && missing.has(error.name);
}

function asMissing(error: unknown, key: string): unknown {
  if (!isMissing(error)) return error;
  return new MarketError('ARTIFACT_NOT_FOUND', { artifactId: key }, { cause: error });
}
