import { createHash, randomBytes } from 'node:crypto';
import { startWebServer } from '@node3/shared/testing/web-server';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Node3 } from '../node3.ts';
import { Testbed, usdcSpec } from '../testing/testbed.ts';

let bed: Testbed;
beforeAll(async () => {
  bed = await Testbed.start();
});
afterAll(() => bed.stop());

const mib = 1024 * 1024;
/** Three parts of 8 MiB, the last one not whole. */
const large = randomBytes(20 * mib);
const sha256 = createHash('sha256').update(large).digest('hex');
const equal = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

describe('a file', () => {
  it('is uploaded and downloaded whole over broken connections', async () => {
    const { artifacts } = bed.client();
    let last = { artifactId: '', bytesDone: 0, bytesTotal: 0 };
    let calls = 0;
    const made = await artifacts.upload(large, {
      name: 'model.bin',
      onProgress(progress) {
        last = progress;
        calls += 1;
        if (calls === 2) bed.proxy.drop();
      },
    });
    expect(made).toMatchObject({ name: 'model.bin', bytes: large.length, sha256 });
    expect(last).toEqual({
      artifactId: made.artifactId,
      bytesDone: large.length,
      bytesTotal: large.length,
    });
    const { stream, bytesTotal } = await artifacts.download(made.artifactId);
    const pieces: Uint8Array[] = [];
    let drops = 0;
    for await (const piece of stream) {
      pieces.push(piece);
      if (pieces.length % 100 === 1 && drops < 2) {
        bed.proxy.drop();
        drops += 1;
      }
    }
    expect([bytesTotal, drops, equal(Buffer.concat(pieces), large)]).toEqual([
      large.length,
      2,
      true,
    ]);
    expect(equal(await artifacts.bytes(made.artifactId), large)).toBe(true);
    await artifacts.delete(made.artifactId);
  });

  it('is gone on with where an upload was left', async () => {
    const { artifacts } = bed.client();
    const leave = new AbortController();
    let artifactId = '';
    const broken = artifacts.upload(new Blob([large]), {
      name: 'resumed.bin',
      parallel: 1,
      signal: leave.signal,
      onProgress(progress) {
        artifactId = progress.artifactId;
        if (progress.bytesDone > 0) leave.abort(new Error('left'));
      },
    });
    await expect(broken).rejects.toThrow('left');
    expect(await artifacts.uploadState(artifactId)).toMatchObject({
      state: 'open',
      received: [{ start: 0, end: 8 * mib }],
    });
    const other = artifacts.upload('short', { name: 'resumed.bin', resume: artifactId });
    await expect(other).rejects.toMatchObject({ field: 'resume' });
    const sent: number[] = [];
    const made = await artifacts.upload(new Blob([large]), {
      name: 'resumed.bin',
      resume: artifactId,
      onProgress: ({ bytesDone }) => sent.push(bytesDone / mib),
    });
    expect([made.sha256, sent[0], sent.at(-1)]).toEqual([sha256, 8, 20]);
    await artifacts.delete(artifactId);
  });

  it('comes as a range, or not at all where it is too large or not there', async () => {
    const { artifacts } = bed.client();
    const { artifactId } = await artifacts.upload('0123456789', {
      name: 'digits.txt',
      mediaType: 'text/plain',
    });
    const { stream, bytesTotal } = await artifacts.download(artifactId, { start: 3, end: 7 });
    expect([await new Response(stream).text(), bytesTotal]).toEqual(['3456', 10]);
    const rest = await artifacts.download(artifactId, { start: 8 });
    expect(await new Response(rest.stream).text()).toBe('89');
    await expect(artifacts.bytes(artifactId, { bytesMax: 9 })).rejects.toMatchObject({
      code: 'CONTENT_INVALID',
    });
    for (const range of [{ start: -1 }, { start: 2, end: 2 }, { end: 0.5 }]) {
      await expect(artifacts.download(artifactId, range)).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      });
    }
    await expect(artifacts.download(artifactId, { start: 10 })).rejects.toMatchObject({
      code: 'RANGE_INVALID',
      status: 416,
    });
    const link = await artifacts.createLink(artifactId, { expiresSec: 60 });
    const nobody = new Node3({ url: bed.url });
    const linked = await nobody.artifacts.bytes({ artifactId, link: link.url });
    expect(new TextDecoder().decode(linked)).toBe('0123456789');
    expect((await artifacts.list({ limit: 1 }).take(5)).map(({ name }) => name)).toEqual([
      'digits.txt',
    ]);
  });

  it('that became another one in between is no file', async () => {
    let answers = 0;
    const server = await startWebServer((_, response) => {
      answers += 1;
      const etag = `"${answers}"`;
      if (answers === 1) {
        response.writeHead(200, { etag, 'content-length': 10 }).write('01234');
        setImmediate(() => response.destroy());
      } else response.writeHead(206, { etag, 'content-range': 'bytes 5-9/10' }).end('56789');
    });
    const node3 = new Node3({ url: `http://127.0.0.1:${server.port}`, apiKey: 'k' });
    const { stream } = await node3.artifacts.download('art_1');
    await expect(new Response(stream).text()).rejects.toMatchObject({ code: 'CONTENT_INVALID' });
    await server.close();
    expect(answers).toBe(2);
  });

  it('that nobody wants any more is not asked for again', async () => {
    let answers = 0;
    let leave: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const server = await startWebServer((_, response) => {
      answers += 1;
      response.once('close', leave);
      response.writeHead(200, { etag: '"1"', 'content-length': 10 }).write('01234');
    });
    const node3 = new Node3({ url: `http://127.0.0.1:${server.port}`, apiKey: 'k' });
    const { stream } = await node3.artifacts.download('art_1');
    const reader = stream.getReader();
    await reader.read();
    const rest = reader.read();
    // So that the rest is being waited for.
    await new Promise((resolve) => setImmediate(resolve));
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    await reader.cancel();
    expect(await rest).toEqual({ done: true, value: undefined });
    await left;
    await server.close();
    const firstPauseMs = 250 * 0.75;
    expect(timers).not.toHaveBeenCalledWith(expect.any(Function), firstPauseMs);
    expect(answers).toBe(1);
    vi.restoreAllMocks();
  });

  it('with another sha256 than announced is refused', async () => {
    const { artifacts } = bed.client();
    const wrong = artifacts.upload('abc', { name: 'abc', sha256: sha256 });
    await expect(wrong).rejects.toMatchObject({ code: 'ARTIFACT_MISMATCH' });
  });

  it('can be an input of a job, and empty', async () => {
    const { artifacts, jobs } = bed.client();
    const { artifactId } = await artifacts.upload('', { name: 'empty.txt' });
    expect(await artifacts.bytes(artifactId)).toHaveLength(0);
    const inputs = [{ path: 'empty.txt', source: { kind: 'artifact' as const, artifactId } }];
    const job = await jobs.create(usdcSpec({ inputs }));
    expect(await jobs.artifacts(job)).toEqual([]);
  });
});
