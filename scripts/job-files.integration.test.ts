import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findTestEngine } from '@node3/agent/executors/docker/docker-test-engine';
import { tarOf } from '@node3/agent/testing/tar-archive';
import { downloadFile } from '@node3/shared/files/download-file';
import { createFileClient } from '@node3/shared/files/file-client';
import { hashFile } from '@node3/shared/files/hash-file';
import { uploadFile } from '@node3/shared/files/upload-file';
import type { JobSpecInput } from '@node3/shared/job-spec';
import * as artifacts from '@node3/shared/routes/artifacts';
import { createJob, getJob, type JobDetail } from '@node3/shared/routes/jobs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type DevNetwork, type Requester, startDevNetwork } from './dev-network.ts';
import { listTraces, removeTraces } from './docker-traces.ts';
import type { ServiceProcess } from './service-process.ts';

const { docker, prepareImage, skip } = await findTestEngine();
const within = { timeout: 90_000, interval: 50 };
const largeBytes = 300 * 1024 * 1024;

let network: DevNetwork;
let agent: ServiceProcess;
let requester: Requester;
let image: string;
let folder: string;
const jobIds: string[] = [];

beforeAll(async () => {
  if (skip) return;
  folder = await mkdtemp(join(tmpdir(), 'node3-files-'));
  network = await startDevNetwork({ marketplaceIn: 'child' });
  [image, agent, requester] = await Promise.all([
    prepareImage(),
    network.startAgentProcess('files'),
    network.openRequester(),
  ]);
});

afterAll(async () => {
  if (skip) return;
  await network.stop();
  await Promise.all(jobIds.map((jobId) => removeTraces(docker, jobId)));
  await rm(folder, { recursive: true, force: true });
});

async function post(code: string, more: Partial<JobSpecInput> = {}): Promise<string> {
  const { jobId } = await requester.client.call(createJob, {
    body: {
      workload: { kind: 'container', image, command: ['node', '-e', code] },
      resources: { cpus: 1, memoryBytes: 256 * 1024 ** 2, diskBytes: 1024 ** 3 },
      limits: { runSec: 120 },
      price: { kind: 'fixed', reward: { amount: '0.001', asset: 'SOL' } },
      ...more,
    },
  });
  jobIds.push(jobId);
  return jobId;
}

const readJob = (jobId: string) => requester.client.call(getJob, { params: { jobId } });

async function untilOver(jobId: string): Promise<JobDetail> {
  await vi.waitFor(async () => {
    expect((await readJob(jobId)).finishedAt).not.toBeNull();
  }, within);
  return readJob(jobId);
}

async function manifestOf(jobId: string) {
  const { data } = await requester.client.call(artifacts.listJobArtifacts, { params: { jobId } });
  return data;
}

async function upload(name: string, content: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  const file = await open(path, 'r');
  const client = createFileClient({ baseUrl: network.marketplaceUrl, apiKey: requester.apiKey });
  const body = { name, ...(await hashFile(file)) };
  const signal = AbortSignal.timeout(60_000);
  const begun = await requester.client.call(artifacts.createUpload, { body });
  const params = { artifactId: begun.artifactId };
  const target = {
    begin: async () => begun,
    putPart: (_: unknown, offset: number, bytes: Uint8Array) =>
      client.putPart(`/api/v1/uploads/${begun.artifactId}/parts/${offset}`, bytes, signal),
    complete: () => requester.client.call(artifacts.completeUpload, { params, body: {} }),
  };
  await uploadFile(target, file, { signal });
  await file.close();
  return begun.artifactId;
}

async function download(link: string, name: string) {
  const target = join(folder, name);
  const client = createFileClient({ baseUrl: network.marketplaceUrl, apiKey: null });
  const bytesMax = 2 * largeBytes;
  const signal = AbortSignal.timeout(60_000);
  await downloadFile(client, { path: link, target, sha256: null, bytesMax }, { signal });
  return target;
}

async function archiveOf(files: Record<string, string>): Promise<Buffer> {
  return gzipSync(await tarOf(Object.entries(files).map(([name, text]) => ({ name, text }))));
}

/** Bytes of uploads that the marketplace has begun and not completed. */
async function bytesUnderWay(): Promise<number> {
  const uploads = join(network.folder, 'marketplace', 'artifacts', 'uploads');
  const names = await readdir(uploads);
  const facts = await Promise.all(names.map((name) => stat(join(uploads, name))));
  return facts.reduce((sum, { blocks }) => sum + blocks * 512, 0);
}

describe.skipIf(skip)('files of a job', () => {
  it('[2.22] go in, uploaded and unpacked, and come out, without what is no file', async () => {
    const plain = await upload('data.txt', Buffer.from('uploaded'));
    const packed = await upload('set.tgz', await archiveOf({ 'a.txt': 'A', 'deep/b.txt': 'B' }));
    const bare = await upload('bare.tgz', await archiveOf({ 'c.txt': 'C' }));
    const jobId = await post(
      `const fs = require('fs');
      const read = (name) => fs.readFileSync('/input/' + name, 'utf8');
      fs.mkdirSync('/output/results');
      fs.writeFileSync('/output/results/all.txt', read('data.txt') + read('set/a.txt') + read('set/deep/b.txt') + read('c.txt'));
      fs.symlinkSync('/etc/passwd', '/output/stolen');
      fs.writeFileSync('/output/output.json', '{"done":true}');
      try { fs.writeFileSync('/input/data.txt', 'x'); console.log('written'); } catch { console.log('read-only'); }`,
      {
        inputs: [
          { path: 'data.txt', source: { kind: 'artifact', artifactId: plain } },
          { path: 'set', source: { kind: 'artifact', artifactId: packed }, unpack: true },
          { path: '.', source: { kind: 'artifact', artifactId: bare }, unpack: true },
        ],
      },
    );
    const job = await untilOver(jobId);
    expect(job).toMatchObject({ state: 'succeeded', output: { done: true } });
    const manifest = await manifestOf(jobId);
    expect(manifest.map(({ name, bytes, attempt }) => [name, bytes, attempt])).toEqual([
      ['results/all.txt', 11, 1],
    ]);
    const path = await download(manifest[0]?.link ?? '', 'all.txt');
    expect(await readFile(path, 'utf8')).toBe('uploadedABC');
  });

  it('fail it where one is missing, or can not be fetched, and say which', async () => {
    const missing = await untilOver(await post('0', { outputs: [{ path: 'model.bin' }] }));
    expect(missing).toMatchObject({ state: 'failed', reason: 'output_missing', exitCode: 0 });
    expect(missing.executions[0]?.detail).toContain('model.bin');
    const source = { kind: 'url' as const, url: 'http://localhost/secret' };
    const inside = await untilOver(await post('0', { inputs: [{ path: 'x', source }] }));
    expect(inside).toMatchObject({ state: 'failed', reason: 'input_unavailable' });
    expect(inside.executions[0]?.detail).toContain('not public');
    const bad = await upload('bad.tgz', await archiveOf({ '../../etc/evil': 'x' }));
    const hostile = { kind: 'artifact' as const, artifactId: bad };
    const refused = await untilOver(
      await post('0', { inputs: [{ path: 'x', source: hostile, unpack: true }] }),
    );
    expect(refused).toMatchObject({ state: 'failed', reason: 'input_unavailable' });
    expect(refused.executions[0]?.detail).toContain('../../etc/evil');
  });

  it('are whole after the agent was killed and the marketplace restarted in the middle', async () => {
    const jobId = await post(
      `const { randomBytes, createHash } = require('crypto');
      const fs = require('fs');
      const hash = createHash('sha256');
      const file = fs.openSync('/output/large.bin', 'w');
      for (let at = 0; at < ${largeBytes}; at += 1048576) {
        const piece = randomBytes(1048576);
        hash.update(piece);
        fs.writeSync(file, piece);
      }
      console.log(JSON.stringify({ sha256: hash.digest('hex') }));`,
      { outputs: [{ path: 'large.bin' }] },
    );
    await vi.waitFor(async () => expect(await bytesUnderWay()).toBeGreaterThan(0), {
      ...within,
      interval: 5,
    });
    await agent.kill();
    const half = await bytesUnderWay();
    expect(half).toBeLessThan(largeBytes);
    expect(await manifestOf(jobId)).toEqual([]);
    await network.child?.kill();
    await network.child?.start();
    await agent.start();
    const job = await untilOver(jobId);
    expect(job).toMatchObject({ state: 'succeeded', attempt: 1, executions: [{ attempt: 1 }] });
    const [large] = await manifestOf(jobId);
    expect(large).toMatchObject({ name: 'large.bin', bytes: largeBytes });
    const file = await open(await download(large?.link ?? '', 'large.bin'), 'r');
    const found = await hashFile(file);
    await file.close();
    expect(found).toEqual({ bytes: largeBytes, sha256: large?.sha256 });
    expect(job.output).toEqual({ sha256: found.sha256 });
    await vi.waitFor(async () => expect(await listTraces(docker, jobId)).toEqual([]), within);
  }, 200_000);
});
