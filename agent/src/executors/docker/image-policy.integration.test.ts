import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@node3/shared/clock';
import { silentLogger } from '@node3/shared/logger';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ImageRegistry, startImageRegistry } from '../../testing/image-registry.ts';
import type { PrepareProgress } from '../executor.ts';
import { findTestEngine } from './docker-test-engine.ts';
import { ImageCache } from './image-cache.ts';
import { type ImagePolicy, imagePolicyUsual } from './image-policy.ts';
import { ensureImage, type ImagePullDeps } from './image-pull.ts';

const { docker, skip } = await findTestEngine();
const never = new AbortController().signal;
const named: ImagePolicy = { ...imagePolicyUsual, registries: ['127.0.0.1'] };

describe.skipIf(skip)('images from a registry', () => {
  let registry: ImageRegistry;
  let folder: string;
  const names: string[] = [];

  beforeAll(async () => {
    registry = await startImageRegistry();
    folder = await mkdtemp(path.join(tmpdir(), 'node3-images-'));
  });
  afterAll(async () => {
    for (const name of names)
      await docker
        .getImage(name)
        .remove({ force: true })
        .catch(() => {});
    await registry.stop();
    await rm(folder, { recursive: true });
  });

  const imagesFile = () => path.join(folder, 'images.json');

  function depsFor(images: ImagePolicy, changes: Partial<ImagePullDeps> = {}): ImagePullDeps {
    const common = { docker, log: silentLogger };
    const cache = new ImageCache({ ...common, clock: systemClock, file: imagesFile() });
    const engine = 'docker' as const;
    return { ...common, images, cache, engine, volumesReachable: true, ...changes };
  }

  async function pull(name: string, deps = depsFor(named)) {
    names.push(name);
    const told: PrepareProgress[] = [];
    const image = await ensureImage(deps, name, never, (progress) => void told.push(progress));
    return { image, told };
  }

  const publish = (name: string, more: { tag?: string; layerBytes?: number } = {}) =>
    registry.publish(name, { tag: 'v1', layerBytes: 20_000, ...more });

  it('[6.08] [6.07] threat 32: runs what a digest names, wherever its tag leads by now', async () => {
    const first = await publish('pinned');
    const { image: tagged } = await pull(`${registry.host}/pinned:v1`);
    const second = await publish('pinned');
    const { image: moved } = await pull(`${registry.host}/pinned:v1@${second}`);
    const { image: pinned } = await pull(`${registry.host}/pinned@${first}`);
    expect(tagged.imageDigest).toBe(`${registry.host}/pinned@${first}`);
    expect(pinned.imageId).toBe(tagged.imageId);
    expect(moved.imageDigest).toBe(`${registry.host}/pinned@${second}`);
    expect(moved.imageId).not.toBe(pinned.imageId);
  });

  it('threat 32: takes nothing from a registry that answers a digest with something else', async () => {
    const digest = await publish('forged');
    registry.forge(digest, Buffer.from('{"schemaVersion":2}'));
    await expect(pull(`${registry.host}/forged@${digest}`)).rejects.toMatchObject({
      name: 'ExecutionError',
      reason: 'image_pull_failed',
    });
  });

  it('threat 32: pulls what was read before, whoever answers the engine now', async () => {
    const digest = await publish('rebound');
    registry.forEngine('rebound', 'v1', await publish('another'));
    const { image } = await pull(`${registry.host}/rebound:v1`);
    expect(image.imageDigest).toBe(`${registry.host}/rebound@${digest}`);
    const { image: known } = await pull(`${registry.host}/rebound:v1`);
    expect(known).toMatchObject({ imageId: image.imageId, pulled: false });
  });

  it('tells how far a pull is, up to its last layer', async () => {
    await publish('told', { layerBytes: 3_000_000 });
    const { told } = await pull(`${registry.host}/told:v1`);
    const last = told.at(-1);
    expect(last).toMatchObject({ phase: 'pulling', layersDone: 1, layersTotal: 1 });
    if (last?.phase !== 'pulling') throw new Error('nothing was pulled');
    expect(last.bytesDone).toBe(last.bytesTotal);
    expect(last.bytesTotal).toBeGreaterThan(1_000);
  });

  it('threat 31: refuses an image by what its manifest says, before anything of it is pulled', async () => {
    await registry.publish('bomb', { tag: 'v1', layerBytes: 10, layerBytesSaid: 500 * 1024 ** 3 });
    registry.requests.length = 0;
    await expect(pull(`${registry.host}/bomb:v1`)).rejects.toMatchObject({
      reason: 'image_pull_failed',
      message: expect.stringContaining('takes 34359738368 at most'),
    });
    expect(registry.requests).toEqual(['/v2/bomb/manifests/v1']);
  });

  it('[6.08] threat 33: asks no registry that the provider did not name', async () => {
    registry.requests.length = 0;
    const elsewhere = depsFor({ ...named, registries: ['ghcr.io'] });
    await expect(pull(`${registry.host}/x:v1`, elsewhere)).rejects.toMatchObject({
      reason: 'image_pull_failed',
      message: 'This provider takes no images from 127.0.0.1.',
    });
    await expect(pull('busybox', elsewhere)).rejects.toThrow('no images from docker.io');
    const anyPublic = depsFor(imagePolicyUsual);
    await expect(pull(`${registry.host}/x:v1`, anyPublic)).rejects.toThrow('not a public registry');
    expect(registry.requests).toEqual([]);
  });

  it('[5.21] removes the image that no job used for longest, and none of the provider’s', async () => {
    const budget = { ...named, cacheBytesMax: 500_000 };
    const sizes = { layerBytes: 200_000 };
    for (const name of ['own', 'one', 'two', 'three', 'four']) await publish(name, sizes);
    const at = (name: string) => `${registry.host}/${name}:v1`;
    names.push(at('own'));
    const stream = await docker.pull(at('own'));
    await new Promise((resolve) => {
      docker.modem.followProgress(stream, resolve);
    });
    const isHere = async (name: string) =>
      docker
        .getImage(at(name))
        .inspect()
        .then(
          () => true,
          () => false,
        );
    await pull(at('one'), depsFor(budget));
    await pull(at('two'), depsFor(budget));
    // Another process of the agent knows what the one before pulled.
    const later = depsFor(budget);
    await pull(at('own'), later);
    const again = await pull(at('one'), later);
    expect(again.image.pulled).toBe(false);
    await pull(at('three'), later);
    const left = ['own', 'one', 'two', 'three'].map(isHere);
    expect(await Promise.all(left)).toEqual([true, true, false, true]);
    await pull(at('four'), depsFor({ ...budget, cacheBytesMax: 0 }));
    const last = ['own', 'one', 'three', 'four'].map(isHere);
    expect(await Promise.all(last)).toEqual([true, false, false, true]);
  });

  it('counts what a pull brought that was ended just before its tag', async () => {
    const digest = await publish('late');
    const ended = new AbortController();
    const modem = Object.assign(Object.create(docker.modem), {
      followProgress: (stream: NodeJS.ReadableStream, done: (error: null) => void) =>
        docker.modem.followProgress(stream, () => {
          ended.abort(new Error('nobody waits any more'));
          done(null);
        }),
    });
    const stopping = depsFor(named, { docker: Object.assign(Object.create(docker), { modem }) });
    const tag = `${registry.host}/late:v1`;
    const exact = `${registry.host}/late@${digest}`;
    names.push(tag, exact);
    const pulling = ensureImage(stopping, tag, ended.signal, () => {});
    await expect(pulling).rejects.toThrow('nobody waits');
    await vi.waitFor(async () => {
      expect(Object.keys(JSON.parse(await readFile(imagesFile(), 'utf8')))).toContain(exact);
    }, 30_000);
    await expect(docker.getImage(tag).inspect()).rejects.toMatchObject({ statusCode: 404 });
    await depsFor(named).cache.trim(0, '');
    await expect(docker.getImage(exact).inspect()).rejects.toMatchObject({ statusCode: 404 });
  });

  it('threat 31: stops a pull that is larger than it may be, or fills the disk', async () => {
    const large = { tag: 'v1', layerBytes: 2_000_000, toEngineOnly: 'yes' } as const;
    await registry.publish('hidden', large);
    registry.stall();
    const small = depsFor({ ...named, bytesMax: 1_000_000 });
    await expect(pull(`${registry.host}/hidden:v1`, small)).rejects.toMatchObject({
      reason: 'image_pull_failed',
      message: expect.stringContaining('takes 1000000 at most'),
    });
    const full = depsFor(named, { diskFreeBytesMin: Number.MAX_SAFE_INTEGER });
    await expect(pull(`${registry.host}/hidden:v1`, full)).rejects.toThrow(
      'disk was about to be full',
    );
  });
});
