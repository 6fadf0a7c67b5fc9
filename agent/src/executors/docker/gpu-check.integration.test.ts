import { Readable } from 'node:stream';
import { silentLogger } from '@node3/shared/logger';
import tar from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExecutionDevice } from '../executor.ts';
import { findTestEngine } from './docker-test-engine.ts';
import { checkVisibleDevices, parseDeviceList } from './gpu-check.ts';

const { docker, skip, prepareImage } = await findTestEngine();
const deps = { docker, log: silentLogger };
const image = `node3/test-smi:${process.pid}`;
const list = 'GPU 0: NVIDIA A100 (UUID: GPU-1)\nGPU 1: NVIDIA A100 (UUID: GPU-2)\n';

/** No GPU is needed: the tool in the image says what a real one would say. */
describe.skipIf(skip)('the look at devices from inside', () => {
  let plain = '';
  beforeAll(async () => {
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
  afterAll(() => docker.getImage(image).remove({ force: true }));

  const look = (from: string, ...uuids: string[]) => {
    const devices = uuids.map((uuid): ExecutionDevice => ({ uuid, vendor: 'nvidia' }));
    const config = {
      name: `n3-look-${process.pid}`,
      Image: from,
      Env: ['STEER=1'],
      HostConfig: {},
    };
    return checkVisibleDevices(deps, config, devices);
  };

  it('threat 4: finds exactly the leased devices, whatever variables the job sets', async () => {
    expect(await look(image, 'GPU-2', 'GPU-1')).toBe('verified');
  });

  it('threat 4: refuses to start where more or others are visible, which an image can feign', async () => {
    for (const uuids of [['GPU-1'], ['GPU-1', 'GPU-3']]) {
      const reason = 'request_invalid';
      await expect(look(image, ...uuids)).rejects.toMatchObject({ reason });
    }
  });

  it('says when it can’t look, and leaves no container behind', async () => {
    expect(await look(plain, 'GPU-1')).toBe('unverified');
    const filters = JSON.stringify({ name: [`n3-look-${process.pid}`] });
    expect(await docker.listContainers({ all: true, filters })).toEqual([]);
  });
});

it('reads slices where there are some', () => {
  const sliced = 'GPU 0: A100 (UUID: GPU-1)\n  MIG 1g.5gb Device 0: (UUID: MIG-a/1/0)\n';
  expect(parseDeviceList(sliced)).toEqual(['MIG-a/1/0']);
});
