import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import type { Client } from '@node3/shared/client';
import { limits } from '@node3/shared/limits';
import * as routes from '@node3/shared/routes/artifacts';
import { cancelJob, createJob } from '@node3/shared/routes/jobs';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { artifactDefaults } from '../artifact-config.ts';
import type { BlobStore } from '../blobs/blob-store.ts';
import { openDiskBlobs } from '../blobs/disk/disk-blobs.ts';
import { settingsOf } from '../open-blobs.ts';
import { fenceOf, testAgentCalls } from '../testing/test-agent.ts';
import {
  openFundedAccount,
  registerTestAgent,
  startTestMarketplace,
  type TestMarketplace,
  testJob,
} from '../testing/test-marketplace.ts';

let market: TestMarketplace;
let owner: { client: Client; apiKey: string; accountId: string };

beforeEach(async () => {
  market = await startTestMarketplace();
  owner = await openFundedAccount(market);
});
afterEach(() => market.stop());

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const authorization = `Bearer ${owner.apiKey}`;
  return fetch(market.url + path, { method, headers: { authorization, ...headers } });
}

async function sendPart(artifactId: string, offset: number, bytes: Buffer, key = owner.apiKey) {
  const response = await fetch(`${market.url}/api/v1/uploads/${artifactId}/parts/${offset}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream' },
    body: bytes,
  });
  const reply = (await response.json()) as { code?: string; detail?: string };
  return reply.code ?? 'kept';
}

async function upload(bytes: Buffer, name = 'file.bin', mediaType = 'text/plain') {
  const body = { name, bytes: bytes.length, mediaType, sha256: hashOf(bytes) };
  const { artifactId, partBytes } = await owner.client.call(routes.createUpload, { body });
  for (let offset = 0; offset < bytes.length; offset += partBytes) {
    await sendPart(artifactId, offset, bytes.subarray(offset, offset + partBytes));
  }
  return owner.client.call(routes.completeUpload, { params: { artifactId }, body: {} });
}

describe('an upload', () => {
  it('[2.23] goes on where it was, after a restart, and ends with what was announced', async () => {
    const bytes = randomBytes(2 * limits.artifactPartBytes + 5);
    const body = { name: 'model.bin', bytes: bytes.length, sha256: hashOf(bytes) };
    const { artifactId, partBytes } = await owner.client.call(routes.createUpload, { body });
    const params = { artifactId };
    await sendPart(artifactId, 2 * partBytes, bytes.subarray(2 * partBytes));
    await sendPart(artifactId, 0, bytes.subarray(0, partBytes));
    await market.restart();
    const half = await owner.client.call(routes.getUpload, { params });
    expect(half.received).toEqual([
      { start: 0, end: partBytes },
      { start: 2 * partBytes, end: bytes.length },
    ]);
    const early = owner.client.call(routes.completeUpload, { params, body: {} });
    await expect(early).rejects.toMatchObject({ code: 'ARTIFACT_STATE_INVALID' });
    await sendPart(artifactId, partBytes, bytes.subarray(partBytes, 2 * partBytes));
    const done = await owner.client.call(routes.completeUpload, { params, body: {} });
    const again = await owner.client.call(routes.completeUpload, { params, body: {} });
    expect(again).toEqual(done);
    expect(done).toMatchObject({ name: 'model.bin', sha256: hashOf(bytes), jobId: null });
    const found = await ask(`/api/v1/artifacts/${artifactId}/content`);
    expect(hashOf(Buffer.from(await found.arrayBuffer()))).toBe(hashOf(bytes));
    expect(await sendPart(artifactId, 0, bytes.subarray(0, partBytes))).toBe(
      'ARTIFACT_STATE_INVALID',
    );
  });

  it('takes only whole parts in their places, from its owner', async () => {
    const body = { name: 'a', bytes: 100 };
    const { artifactId } = await owner.client.call(routes.createUpload, { body });
    expect(await sendPart(artifactId, 0, Buffer.alloc(99))).toBe('REQUEST_INVALID');
    expect(await sendPart(artifactId, 0, Buffer.alloc(101))).toBe('REQUEST_INVALID');
    expect(await sendPart(artifactId, 50, Buffer.alloc(50))).toBe('REQUEST_INVALID');
    expect(await sendPart(artifactId, limits.artifactPartBytes, Buffer.alloc(1))).toBe(
      'REQUEST_INVALID',
    );
    const stranger = await openFundedAccount(market);
    expect(await sendPart(artifactId, 0, Buffer.alloc(100), stranger.apiKey)).toBe(
      'ARTIFACT_NOT_FOUND',
    );
    const agent = await registerTestAgent(market);
    expect(await sendPart(artifactId, 0, Buffer.alloc(100), agent.apiKey)).toBe('AUTH_FORBIDDEN');
    const json = await ask(`/api/v1/uploads/${artifactId}/parts/0`, {}, 'PUT');
    expect(((await json.json()) as { code: string }).code).toBe('CONTENT_TYPE_UNSUPPORTED');
    expect(await sendPart(artifactId, 0, Buffer.alloc(100))).toBe('kept');
  });

  it('[2.23] of other bytes than announced is refused, and nobody can read it', async () => {
    const body = { name: 'a', bytes: 3, sha256: hashOf(Buffer.from('abc')) };
    const { artifactId } = await owner.client.call(routes.createUpload, { body });
    const params = { artifactId };
    await sendPart(artifactId, 0, Buffer.from('abd'));
    const done = owner.client.call(routes.completeUpload, { params, body: {} });
    await expect(done).rejects.toMatchObject({ code: 'ARTIFACT_MISMATCH' });
    expect((await ask(`/api/v1/artifacts/${artifactId}/content`)).status).toBe(404);
  });

  it('may be empty, and may not have a name that is a trick', async () => {
    const { bytes, sha256 } = await upload(Buffer.alloc(0));
    expect([bytes, sha256]).toEqual([0, hashOf(Buffer.alloc(0))]);
    for (const name of ['../x', '/etc/passwd', 'a\u202eb', 'a\\b', 'e\u0301']) {
      const refused = owner.client.call(routes.createUpload, { body: { name, bytes: 1 } });
      await expect(refused).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        context: { errors: [{ pointer: '/name' }] },
      });
    }
  });

  it('[2.23] finds no room past the quota of the account', async () => {
    const { quota, keepMs, pace } = settingsOf(artifactDefaults);
    const account = { bytes: 100, files: 9 };
    await market.restart({ artifacts: { quota: { ...quota, account }, keepMs, pace } });
    await owner.client.call(routes.createUpload, { body: { name: 'a', bytes: 60 } });
    const more = owner.client.call(routes.createUpload, { body: { name: 'b', bytes: 41 } });
    await expect(more).rejects.toMatchObject({
      code: 'ARTIFACT_QUOTA',
      context: { of: 'account' },
    });
  });
});

describe('a download', () => {
  const bytes = Buffer.from('0123456789');

  it('answers ranges, versions and heads', async () => {
    const { artifactId, sha256 } = await upload(bytes);
    const path = `/api/v1/artifacts/${artifactId}/content`;
    const etag = `"${sha256}"`;
    const read = async (headers: Record<string, string>, method = 'GET') => {
      const response = await ask(path, headers, method);
      const text = await response.text();
      return [response.status, text, response.headers.get('content-range')];
    };
    expect(await read({})).toEqual([200, '0123456789', null]);
    expect(await read({ range: 'bytes=2-4' })).toEqual([206, '234', 'bytes 2-4/10']);
    expect(await read({ range: 'bytes=-3' })).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await read({ range: 'bytes=2-4', 'if-range': etag })).toEqual([
      206,
      '234',
      'bytes 2-4/10',
    ]);
    expect(await read({ range: 'bytes=2-4', 'if-range': '"old"' })).toEqual([
      200,
      '0123456789',
      null,
    ]);
    expect((await read({ 'if-none-match': etag }))[0]).toBe(304);
    const past = await ask(path, { range: 'bytes=10-' });
    expect([past.status, past.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(past.headers.get('content-type')).toContain('problem+json');
    const head = await ask(path, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '10']);
    expect(head.headers.get('etag')).toBe(etag);
    expect(head.headers.get('accept-ranges')).toBe('bytes');
  });

  it('threat 15: is saved and never shown, whatever it is and is called', async () => {
    const page = await upload(Buffer.from('<script>'), 'x/é"; x=".html', 'text/html').catch(
      (error: unknown) => error,
    );
    expect(page).toMatchObject({ code: 'REQUEST_INVALID' });
    const { artifactId } = await upload(Buffer.from('<script>'), "x/é 'a';=.html", 'text/html');
    const { headers } = await ask(`/api/v1/artifacts/${artifactId}/content`);
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-disposition')).toBe(
      `attachment; filename="___a___.html"; filename*=UTF-8''%C3%A9%20%27a%27%3B%3D.html`,
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('content-security-policy')).toContain('sandbox');
  });

  it('is for the owner alone', async () => {
    const { artifactId } = await upload(bytes);
    const stranger = await openFundedAccount(market);
    for (const contract of [routes.getArtifact, routes.getArtifactContent, routes.deleteArtifact]) {
      const asked = stranger.client.call(contract, { params: { artifactId } });
      await expect(asked).rejects.toMatchObject({ code: 'ARTIFACT_NOT_FOUND' });
    }
  });
});

describe('slow callers', () => {
  /** A request of which only the beginning is sent, and whose answer is read by nobody but `text`. */
  function half(lines: string[], body: Buffer) {
    const socket = connect(Number(new URL(market.url).port), '127.0.0.1');
    const head = [...lines, 'host: x', `authorization: Bearer ${owner.apiKey}`, '', ''];
    socket.write(head.join('\r\n'));
    socket.write(body);
    return socket;
  }
  function halfPart(artifactId: string) {
    const line = `PUT /api/v1/uploads/${artifactId}/parts/0 HTTP/1.1`;
    const type = 'content-type: application/octet-stream';
    return half([line, type, 'content-length: 1000'], Buffer.alloc(500));
  }
  async function open(bytes = 1_000) {
    const body = { name: 'a', bytes };
    return (await owner.client.call(routes.createUpload, { body })).artifactId;
  }

  it('are told that their part came too slowly, and may send it again', async () => {
    const { quota, keepMs } = settingsOf(artifactDefaults);
    const pace = { windowMs: 50, windowBytes: 1_000 };
    await market.restart({ artifacts: { quota, keepMs, pace } });
    const artifactId = await open();
    const socket = halfPart(artifactId);
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('TRANSFER_STALLED');
    expect(answer).toMatch(/connection: close/i);
    // With a pace that a busy machine keeps.
    await market.restart();
    expect(await sendPart(artifactId, 0, Buffer.alloc(1_000))).toBe('kept');
  });

  it('that take nothing are cut off', async () => {
    const { quota, keepMs } = settingsOf(artifactDefaults);
    const large = await upload(Buffer.alloc(32 * 1024 * 1024));
    const pace = { windowMs: 50, windowBytes: 1_000 };
    const disk = await openDiskBlobs(join(market.folder, 'artifacts'));
    const cut = Promise.withResolvers<void>();
    const blobs: BlobStore = {
      ...disk,
      async read(key, range) {
        const source = await disk.read(key, range);
        return source.once('close', () => cut.resolve());
      },
    };
    await market.restart({ artifacts: { quota, keepMs, pace }, blobs });
    const path = `/api/v1/artifacts/${large.artifactId}/content`;
    const socket = half([`GET ${path} HTTP/1.1`], Buffer.alloc(0));
    await cut.promise;
    const { byteLength } = await buffer(socket);
    expect(byteLength).toBeGreaterThan(0);
    expect(byteLength).toBeLessThan(large.bytes);
  });

  it('have so many transfers at once, and others still have theirs', async () => {
    const artifactId = await open();
    const most = limits.transfersPerCaller;
    const sockets = Array.from({ length: most + 1 }, () => halfPart(artifactId));
    // One finds no place, so all others have theirs.
    expect(await Promise.race(sockets.map((socket) => text(socket)))).toMatch(/^HTTP\S+ 429 /);
    const sendWhole = () => sendPart(artifactId, 0, Buffer.alloc(1_000));
    expect(await sendWhole()).toBe('TRANSFERS_TOO_MANY');
    const other = await openFundedAccount(market);
    const body = { name: 'b', bytes: 3 };
    const { artifactId: theirs } = await other.client.call(routes.createUpload, { body });
    expect(await sendPart(theirs, 0, Buffer.from('abc'), other.apiKey)).toBe('kept');
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect(await sendWhole()).toBe('kept'), { timeout: 15_000 });
  });
});

describe('a link', () => {
  it('[2.23] opens one artifact for a time, until links are revoked', async () => {
    const clock = new ManualClock();
    await market.restart({ clock });
    const [one, two] = [await upload(Buffer.from('one')), await upload(Buffer.from('two'))];
    const params = { artifactId: one.artifactId };
    const body = { expiresSec: 60 };
    const { url } = await owner.client.call(routes.createArtifactLink, { params, body });
    const open = async (path: string) => {
      const response = await fetch(market.url + path);
      return response.ok ? response.text() : ((await response.json()) as { code: string }).code;
    };
    expect(await open(url)).toBe('one');
    expect(await open(url.replace(one.artifactId, two.artifactId))).toBe('LINK_INVALID');
    expect(await open(url.replace(/expires=\d+/, 'expires=99999999999'))).toBe('LINK_INVALID');
    expect(await open(url.replace(/signature=./, 'signature=_'))).toBe('LINK_INVALID');
    clock.advance(60_000);
    expect(await open(url)).toBe('LINK_INVALID');
    const later = await owner.client.call(routes.createArtifactLink, { params, body });
    expect(await open(later.url)).toBe('one');
    await owner.client.call(routes.revokeArtifactLinks, {});
    expect(await open(later.url)).toBe('LINK_INVALID');
    const fresh = await owner.client.call(routes.createArtifactLink, { params, body });
    expect(await open(fresh.url)).toBe('one');
  });
});

describe('files of an execution', () => {
  async function take(inputs: { path: string; artifactId: string }[]) {
    const agent = await registerTestAgent(market);
    const body = testJob({
      inputs: inputs.map(({ path, artifactId }) => ({
        path,
        source: { kind: 'artifact', artifactId },
      })),
    });
    const { jobId } = await owner.client.call(createJob, { body });
    const offer = await testAgentCalls(agent.client).offer();
    return { agent, jobId, offer };
  }

  it('are read and written with its lease, and with no other', async () => {
    const input = await upload(Buffer.from('input'));
    const other = await upload(Buffer.from('other'));
    const { agent, offer, jobId } = await take([{ path: 'in', artifactId: input.artifactId }]);
    const fence = fenceOf(offer);
    const base = `${market.url}/api/v1/executions/${offer.executionId}`;
    const fetchInput = async (artifactId: string, leaseToken = fence.leaseToken) => {
      const response = await fetch(`${base}/inputs/${artifactId}`, {
        headers: {
          authorization: `Bearer ${agent.apiKey}`,
          'lease-attempt': '1',
          'lease-token': leaseToken,
        },
      });
      return response.ok ? response.text() : ((await response.json()) as { code: string }).code;
    };
    expect(await fetchInput(input.artifactId)).toBe('input');
    expect(await fetchInput(other.artifactId)).toBe('ARTIFACT_NOT_FOUND');
    expect(await fetchInput(input.artifactId, 'x'.repeat(43))).toBe('LEASE_STALE');
    const params = { executionId: offer.executionId };
    const file = { name: 'out', bytes: 3, sha256: hashOf(Buffer.from('out')) };
    const body = { ...fence, ...file };
    const begun = await agent.client.call(routes.createOutputUpload, { params, body });
    expect(await agent.client.call(routes.createOutputUpload, { params, body })).toEqual(begun);
    const stale = agent.client.call(routes.createOutputUpload, {
      params,
      body: { ...body, leaseToken: 'x'.repeat(43) },
    });
    await expect(stale).rejects.toMatchObject({ code: 'LEASE_STALE' });
    await owner.client.call(cancelJob, { params: { jobId } });
    const manifest = await owner.client.call(routes.listJobArtifacts, { params: { jobId } });
    expect(manifest.data).toEqual([]);
  });

  it('are refused as inputs before a job is posted that could not have them', async () => {
    const { artifactId } = await upload(Buffer.alloc(100));
    const post = (source: object, diskBytes = 2 ** 30) =>
      owner.client.call(createJob, {
        body: testJob({
          inputs: [{ path: 'in', source: source as never }],
          resources: { diskBytes },
        }),
      });
    await post({ kind: 'artifact', artifactId });
    const unknown = { kind: 'artifact', artifactId: `${artifactId.slice(0, -1)}0` };
    const wrong: [object, string][] = [
      [unknown, '/inputs/0/source/artifactId'],
      [{ kind: 'url', url: 'http://127.0.0.1/x' }, '/inputs/0/source/url'],
      [{ kind: 'url', url: 'https://user:pw@example.com/x' }, '/inputs/0/source/url'],
    ];
    for (const [source, pointer] of wrong) {
      await expect(post(source)).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        context: { errors: [{ pointer }] },
      });
    }
  });
});
