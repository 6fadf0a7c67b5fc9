import { describe, expect, it } from 'vitest';
import { findSlotDevice, pcieGenerationOf, readPcieLink } from './read-pcie-link.ts';
import { memoryFiles } from './testing/memory-files.ts';

const bus = '/sys/bus/pci/devices';

describe('the PCIe link of a card', () => {
  it.each([
    ['2.5 GT/s PCIe', 1],
    ['8.0 GT/s PCIe', 3],
    ['32.0 GT/s PCIe', 5],
    [16, 4],
    ['Unknown', null],
    [null, null],
  ])('of %s is of generation %s', (speed, generation) => {
    expect(pcieGenerationOf(speed)).toBe(generation);
  });

  it('is that of the slot where the card has a switch of its own', async () => {
    const above = '../../../devices/pci0000:00/0000:00:01.0';
    const files = memoryFiles({
      [`${bus}/0000:03:00.0->`]: `${above}/0000:01:00.0/0000:02:00.0/0000:03:00.0`,
      [`${bus}/0000:03:00.0/vendor`]: '0x8086',
      [`${bus}/0000:01:00.0/vendor`]: '0x8086',
    });
    expect(await findSlotDevice(files, '0000:03:00.0')).toBe(`${bus}/0000:01:00.0`);
  });

  it.each([
    ['a card in the slot', '0000:00:01.0/0000:01:00.0'],
    ['a card behind a port of the board', '0000:00:01.0/0000:02:00.0/0000:01:00.0'],
    [
      "a card behind a switch of the board's",
      '0000:00:01.0/0000:05:00.0/0000:06:00.0/0000:01:00.0',
    ],
  ])('is its own of %s', async (_place, path) => {
    const files = memoryFiles({
      [`${bus}/0000:01:00.0->`]: `../../../devices/pci0000:00/${path}`,
      [`${bus}/0000:01:00.0/vendor`]: '0x1002',
      [`${bus}/0000:05:00.0/vendor`]: '0x10b5',
      [`${bus}/0000:00:01.0/vendor`]: '0x1002',
    });
    expect(await findSlotDevice(files, '0000:01:00.0')).toBe(`${bus}/0000:01:00.0`);
  });

  it('is unknown where the kernel does not tell it', async () => {
    const files = memoryFiles({
      '/card/current_link_speed': 'Unknown',
      '/card/current_link_width': '255',
      '/card/max_link_width': '16',
    });
    const unknown = { value: null, source: 'unavailable' };
    expect(await readPcieLink(files, '/card')).toEqual({
      pcieGeneration: unknown,
      pcieGenerationMax: unknown,
      pcieLanes: unknown,
      pcieLanesMax: { value: 16, source: 'measured' },
    });
  });
});
