import { expect, it } from 'vitest';
import { deviceNodes, parseNvidiaNodes } from './native-jail.ts';

const information = (uuid: string, minor: number) => `Model: \t\t NVIDIA GeForce RTX 4090
IRQ:   \t\t 120
GPU UUID: \t ${uuid}
Video BIOS: \t 95.02.3c.00.01
Bus Type: \t PCIe
Device Minor: \t ${minor}
GPU Excluded:\t No
`;
const [first, second] = ['GPU-11111111-aaaa', 'GPU-22222222-bbbb'];

it('threat 4: shows a native job the nodes of its own devices only', () => {
  const nodes = parseNvidiaNodes([information(first, 0), information(second, 3), 'nothing']);
  expect(deviceNodes([{ uuid: second, vendor: 'nvidia' }], () => nodes)).toEqual([
    '/dev/nvidia3',
    '/dev/nvidiactl',
    '/dev/nvidia-uvm',
  ]);
  const amd = { uuid: 'a', vendor: 'amd', renderNode: '/dev/dri/renderD129' } as const;
  expect(deviceNodes([amd])).toEqual(['/dev/dri/renderD129', '/dev/kfd']);
  expect(deviceNodes([{ uuid: 's', vendor: 'simulated' }])).toEqual([]);
});

it.each([
  { uuid: 'GPU-unknown', vendor: 'nvidia' },
  { uuid: 'x', vendor: 'intel', renderNode: '/dev/sda' },
  { uuid: 'x', vendor: 'amd' },
] as const)('refuses a device without a node of its own: %o', (device) => {
  expect(() => deviceNodes([device], () => new Map())).toThrow(
    expect.objectContaining({ reason: 'gpu_error' }),
  );
});
