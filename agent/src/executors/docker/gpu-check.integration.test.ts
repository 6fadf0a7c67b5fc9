import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { Readable } from 'node:stream';
import { silentLogger } from '@node3/shared/logger';
import { mustSkip } from '@node3/shared/testing/resources';
import tar from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecutionDevice } from '../executor.ts';
import { findTestEngine } from './docker-test-engine.ts';
import { checkVisibleDevices, parseDeviceList } from './gpu-check.ts';
import type { GpuHost } from './gpu-nodes.ts';

const { docker, skip, prepareImage } = await findTestEngine();
const missing = getuid?.() === 0 ? null : 'only root makes device files';
const noDevices = skip || mustSkip({ resource: 'mount', missing });
const deps = { docker, engine: 'docker' as const, log: silentLogger };
const name = `n3-look-${process.pid}`;
const image = `node3/test-smi:${process.pid}`;
const list = 'GPU 0: NVIDIA A100 (UUID: GPU-1)\nGPU 1: NVIDIA A100 (UUID: GPU-2)\n';
/** A machine that knows nothing of its cards. */
const blindHost: GpuHost = {
  nvidiaCards: () => [],
  drmBusId: () => null,
  givesAllOrNone: false,
};

let plain = '';
beforeAll(async () => {
  if (skip) return;
  plain = await prepareImage();
  const container = await docker.createContainer({ Image: plain, Cmd: ['true'] });
  const pack = tar.pack();
  pack.entry(
    { name: 'usr/bin/nvidia-smi', mode: 0o755 },
    `#!/bin/sh\ntest -z "$STEER" && printf '${list}'\n`,
  );
  pack.finalize();
  await container.putArchive(Readable.from(pack), { path: '/' });
  const [repo, tag] = image.split(':');
  await container.commit({ repo, tag });
  await container.remove();
});
afterAll(async () => {
  if (skip) return;
  const filters = JSON.stringify({ name: [name] });
  expect(await docker.listContainers({ all: true, filters })).toEqual([]);
  await docker.getImage(image).remove({ force: true });
});

const nvidia = (...uuids: string[]) =>
  uuids.map((uuid): ExecutionDevice => ({ uuid, vendor: 'nvidia' }));

/** The files need no driver behind them: only their numbers are read. */
describe.skipIf(noDevices)('the look at devices from outside', () => {
  const host: GpuHost = {
    nvidiaCards: () =>
      [0, 1, 2].map((minor) => ({ uuid: `GPU-${minor}`, minor, pciBusId: `0000:0${minor}:00.0` })),
    givesAllOrNone: false,
    drmBusId: (minor) => (minor < 130 ? `0000:0${minor - 128}:00.0` : null),
  };
  const numbers = {
    nvidia0: '195 0',
    nvidia1: '195 1',
    nvidia2: '195 2',
    nvidiactl: '195 255',
    'dri/renderD128': '226 128',
    'dri/renderD129': '226 129',
    'dri/renderD130': '226 130',
    kfd: '10 200',
  };
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'node3-devices-'));
    for (const [file, number] of Object.entries(numbers)) {
      execFileSync('mknod', [pathOf(file), 'c', ...number.split(' ')]);
    }
  });
  afterAll(() => rm(folder, { recursive: true }));
  const pathOf = (file: string) => join(folder, file.replace('/', '-'));

  /** @param given the files that the engine makes in the container, whatever was asked for. */
  const look = (devices: ExecutionDevice[], given: (keyof typeof numbers)[], from = image) => {
    const Devices = given.map((file) => ({
      PathOnHost: pathOf(file),
      PathInContainer: `/dev/${file}`,
      CgroupPermissions: 'rw',
    }));
    const HostConfig = { Devices, ReadonlyRootfs: true, Init: true };
    const config = { name, Image: from, User: '65534:65534', HostConfig };
    return checkVisibleDevices(deps, config, devices, host);
  };
  const amd = (renderNode: string): ExecutionDevice[] => [{ uuid: 'a', vendor: 'amd', renderNode }];

  it('threat 4: finds exactly the leased devices, whatever the image says', async () => {
    const given = ['nvidia0', 'nvidia2', 'nvidiactl', 'dri/renderD128'] as const;
    expect(await look(nvidia('GPU-0', 'GPU-2'), [...given])).toBe('verified');
    expect(await look(nvidia('GPU-1'), ['nvidia1'], plain)).toBe('verified');
    expect(await look(amd('/dev/dri/renderD130'), ['kfd', 'dri/renderD130'])).toBe('verified');
  });

  it('threat 4: refuses others, too many and too few, even where the image names the leased ones', async () => {
    const reason = 'gpu_error';
    for (const [devices, given] of [
      [nvidia('GPU-1', 'GPU-2'), ['nvidia0', 'nvidia1', 'nvidia2']],
      [nvidia('GPU-1', 'GPU-2'), ['nvidia1', 'nvidia2', 'dri/renderD128']],
      [nvidia('GPU-1'), ['nvidiactl']],
      [amd('/dev/dri/renderD130'), ['dri/renderD130', 'dri/renderD129']],
    ] as const) {
      await expect(look([...devices], [...given])).rejects.toMatchObject({ reason });
    }
  });
});

/** No GPU is needed: the tool in the image says what a real one would say. */
describe.skipIf(skip)('the look at devices from inside', () => {
  const lookOn = (host: GpuHost, from: string, ...uuids: string[]) => {
    const config = { name, Image: from, Env: ['STEER=1'], HostConfig: {} };
    return checkVisibleDevices(deps, config, nvidia(...uuids), host);
  };
  const look = (from: string, ...uuids: string[]) => lookOn(blindHost, from, ...uuids);

  it('threat 4: finds exactly the leased devices, whatever variables the job sets', async () => {
    expect(await look(image, 'GPU-2', 'GPU-1')).toBe('verified');
  });

  it('threat 4: refuses to start where more or others are visible, which an image can feign', async () => {
    for (const uuids of [['GPU-1'], ['GPU-1', 'GPU-3']]) {
      const reason = 'request_invalid';
      await expect(look(image, ...uuids)).rejects.toMatchObject({ reason });
    }
  });

  it('blames no image for WSL, which gives all GPUs to whoever gets one', async () => {
    const wsl = { ...blindHost, givesAllOrNone: true };
    expect(await lookOn(wsl, image, 'GPU-1', 'GPU-2')).toBe('verified');
    const all = lookOn(wsl, image, 'GPU-1');
    await expect(all).rejects.toMatchObject({
      reason: 'gpu_error',
      message: expect.stringContaining('WSL'),
    });
    const others = lookOn(wsl, image, 'GPU-3');
    await expect(others).rejects.toMatchObject({ reason: 'request_invalid' });
  });

  it('says when it can’t look', async () => {
    expect(await look(plain, 'GPU-1')).toBe('unverified');
  });
});

it('reads slices where there are some', () => {
  const sliced = 'GPU 0: A100 (UUID: GPU-1)\n  MIG 1g.5gb Device 0: (UUID: MIG-a/1/0)\n';
  expect(parseDeviceList(sliced)).toEqual(['MIG-a/1/0']);
});
