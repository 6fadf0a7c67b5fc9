import { describe, expect, it } from 'vitest';
import { listRefusedVariables } from '../job-environment.ts';
import { overrideImage } from './image-environment.ts';

const nvidia = [{ uuid: 'GPU-1', vendor: 'nvidia' as const }];
const env = { NVIDIA_VISIBLE_DEVICES: 'GPU-1', NVIDIA_DRIVER_CAPABILITIES: 'compute,utility' };

describe('overrideImage', () => {
  it('threat 4: leaves no say in its devices to an image', () => {
    const image = [
      'NVIDIA_VISIBLE_DEVICES=all',
      'NVIDIA_IMEX_CHANNELS=0',
      'CUDA_VISIBLE_DEVICES=1',
    ];
    const without = overrideImage(image, { NVIDIA_VISIBLE_DEVICES: 'void' }, []);
    expect(without).toEqual(['NVIDIA_IMEX_CHANNELS', 'CUDA_VISIBLE_DEVICES']);
    expect(overrideImage(image, env, nvidia)).not.toContain('NVIDIA_VISIBLE_DEVICES');
  });

  it('threat 3: gives the vendor’s hooks nothing of the image to load', () => {
    const image = ['LD_PRELOAD=/evil.so', 'LD_BIND_NOW=1', 'PATH=/bin'];
    expect(overrideImage(image, env, nvidia)).toEqual(['LD_PRELOAD', 'LD_AUDIT', 'LD_BIND_NOW']);
    expect(overrideImage(['LD_PRELOAD=/jemalloc.so'], {}, [])).toEqual([]);
  });

  it.each([
    ['/usr/local/nvidia/lib:/usr/local/nvidia/lib64', []],
    ['/usr/local/cuda/lib64:.', ['LD_LIBRARY_PATH=/usr/local/cuda/lib64']],
    ['/opt/x:', ['LD_LIBRARY_PATH=/opt/x']],
    ['lib', ['LD_LIBRARY_PATH']],
    ['/proc/self/cwd/lib', ['LD_LIBRARY_PATH']],
    ['/usr/../proc/self/cwd', ['LD_LIBRARY_PATH']],
    ['/tmp/lib:/home/x:/dev/shm', ['LD_LIBRARY_PATH']],
  ])('threat 3: takes from the search path %s what is not the system’s', (paths, expected) => {
    const changed = overrideImage([`LD_LIBRARY_PATH=${paths}`], env, nvidia);
    expect(changed).toEqual(['LD_PRELOAD', 'LD_AUDIT', ...expected]);
  });
});

it('threats 3, 4: refuses a job that sets the loader’s or the devices’ variables itself', () => {
  const names = ['LD_PRELOAD', 'LD_DEBUG_OUTPUT', 'NVIDIA_VISIBLE_DEVICES', 'ROCR_VISIBLE_DEVICES'];
  const env = Object.fromEntries([...names, 'LDFLAGS', 'MY_LD_PRELOAD'].map((name) => [name, '1']));
  expect(listRefusedVariables(env)).toEqual(names.toSorted());
});
