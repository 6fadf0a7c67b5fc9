import { createHash } from 'node:crypto';
import * as routes from '@node3/shared/routes/artifacts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from './dev-network.ts';
import { limitMemory, type MemoryLimit, peakMemoryBytes } from './limited-memory.ts';

const mebibyte = 1024 * 1024;
const memoryBytes = 256 * mebibyte;
/** What a marketplace may be asked to hold: NODE3_LARGE_ARTIFACT_BYTES=5368709120 takes a minute or two. */
const artifactBytes = Number(process.env['NODE3_LARGE_ARTIFACT_BYTES'] ?? 384 * mebibyte + 12_345);
const allowedMs = 60_000 + artifactBytes / 20_000;
const parallel = 4;

let limit: MemoryLimit;
let network: DevNetwork;
let requester: Requester;

beforeAll(async () => {
  limit = await limitMemory(memoryBytes);
  network = await startDevNetwork({ marketplaceIn: 'child', childWithin: limit.within });
  requester = await network.openRequester();
});

afterAll(async () => {
  await network?.stop();
  await limit?.remove();
});

const noise = Buffer.alloc(8 * mebibyte, 'a part of a large file, ');

/** The bytes at a place, which are those of no other place. */
function partAt(offset: number, bytes: number): Buffer {
  const part = Buffer.from(noise.subarray(0, bytes));
  for (let at = 0; at + 8 <= bytes; at += 4_096) part.writeDoubleLE(offset + at, at);
  return part;
}

interface Ask {
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
}

function ask(path: string, init: Ask = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${requester.apiKey}`, ...init.headers };
  return fetch(network.marketplaceUrl + path, { ...init, headers });
}

async function putPart(artifactId: string, offset: number, part: Buffer): Promise<void> {
  const response = await ask(`/api/v1/uploads/${artifactId}/parts/${offset}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: part as Uint8Array<ArrayBuffer>,
  });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
}

/** Sends the parts that begin at these places, several at a time. */
async function putParts(upload: routes.UploadView, offsets: number[]): Promise<void> {
  const { artifactId, bytes, partBytes } = upload;
  const left = offsets.values();
  async function work() {
    for (const offset of left) {
      await putPart(artifactId, offset, partAt(offset, Math.min(partBytes, bytes - offset)));
    }
  }
  await Promise.all(Array.from({ length: parallel }, work));
}

async function hashOf(response: Response): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    hash.update(piece);
    bytes += piece.byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function assertWithinLimit(): Promise<void> {
  const pid = network.child?.pid() ?? 0;
  const peak = await peakMemoryBytes(pid);
  expect(peak).toBeLessThan(memoryBytes);
}

describe(`a marketplace with ${memoryBytes / mebibyte} MiB of memory`, () => {
  it(
    'keeps an artifact that is larger, over a crash, and gives it back',
    async () => {
      const hash = createHash('sha256');
      const body = { name: 'large.bin', bytes: artifactBytes };
      const upload = await requester.client.call(routes.createUpload, { body });
      const { artifactId, partBytes } = upload;
      const params = { artifactId };
      const offsets: number[] = [];
      for (let offset = 0; offset < artifactBytes; offset += partBytes) {
        offsets.push(offset);
        hash.update(partAt(offset, Math.min(partBytes, artifactBytes - offset)));
      }
      const sha256 = hash.digest('hex');
      await putParts(upload, offsets.slice(0, offsets.length / 2));
      await assertWithinLimit();
      await network.child?.kill();
      await network.child?.start();
      const half = await requester.client.call(routes.getUpload, { params });
      const rest = offsets.filter(
        (offset) => !half.received.some(({ start, end }) => start <= offset && offset < end),
      );
      expect(rest).toHaveLength(offsets.length - Math.floor(offsets.length / 2));
      await putParts(upload, rest);
      await requester.client.call(routes.completeUpload, { params, body: { sha256 } });
      const path = `/api/v1/artifacts/${artifactId}/content`;
      const start = artifactBytes - 3 * partBytes - 7;
      const range = `bytes=${start}-${start + 2 * partBytes - 1}`;
      const [whole, again, part] = await Promise.all([
        ask(path).then(hashOf),
        ask(path).then(hashOf),
        ask(path, { headers: { range } }).then((response) => response.arrayBuffer()),
      ]);
      expect(whole).toEqual({ bytes: artifactBytes, sha256 });
      expect(again).toEqual(whole);
      const first = Math.floor(start / partBytes) * partBytes;
      const wanted = [0, 1, 2].map((index) => partAt(first + index * partBytes, partBytes));
      const from = start - first;
      const right = Buffer.concat(wanted).subarray(from, from + 2 * partBytes);
      expect(right.equals(Buffer.from(part))).toBe(true);
      await assertWithinLimit();
    },
    allowedMs,
  );
});
