import { expect, it } from 'vitest';
import { deviceNodes, parseNvidiaCards } from './device-nodes.ts';

/** As the driver 580.159.04 wrote it for an H200 in November 2026, with the id and the number ours. */
const information = (uuid: string, minor: number) => `Model: \t\t NVIDIA H200
IRQ:   \t\t 41
GPU UUID: \t ${uuid}
Video BIOS: \t 96.00.a5.00.1a
Bus Type: \t PCIe
DMA Size: \t 52 bits
DMA Mask: \t 0xfffffffffffff
Bus Location: \t 0000:00:06.0
Device Minor: \t ${minor}
GPU Firmware: \t 580.159.04
GPU Excluded:\t No
`;
const [first, second] = ['GPU-11111111-aaaa', 'GPU-22222222-bbbb'];

it('threat 4: shows a native job the nodes of its own devices only', () => {
  const cards = parseNvidiaCards([information(first, 0), information(second, 3), 'nothing']);
  expect(cards[1]).toEqual({ uuid: second, minor: 3, pciBusId: '0000:00:06.0' });
  expect(deviceNodes([{ uuid: second, vendor: 'nvidia' }], () => cards)).toEqual([
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
  expect(() => deviceNodes([device], () => [])).toThrow(
    expect.objectContaining({ reason: 'gpu_error' }),
  );
});
