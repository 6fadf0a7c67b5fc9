import { type GpuModel, modelRows } from './gpu-model.ts';

const amd = modelRows('1002');
const intel = modelRows('8086');
const apple = modelRows('106b');

/** AMD states memory in MiB a little below the label; revisions tell cards with one id apart. */
const amdModels: readonly GpuModel[] = [
  amd('mi50', 'AMD Instinct MI50', [16368, 32752], { capability: 'gfx906' }),
  amd('mi60', 'AMD Instinct MI60', [32752], { capability: 'gfx906' }),
  amd('mi100', 'AMD Instinct MI100', [32752], { capability: 'gfx908', pci: '738c' }),
  amd('mi210', 'AMD Instinct MI210', [65520], { capability: 'gfx90a', pci: '740f' }),
  amd('mi250', 'AMD Instinct MI250', [65520], { capability: 'gfx90a', pci: '740c' }),
  amd('mi250x', 'AMD Instinct MI250X', [65520], {
    capability: 'gfx90a',
    pci: '7408',
    aliases: 'MI200 (MCM) OAM LC MBA HPE C2',
  }),
  amd('mi300a', 'AMD Instinct MI300A', [131072], { capability: 'gfx942', pci: '74a0' }),
  amd('mi300x', 'AMD Instinct MI300X', [196592], { capability: 'gfx942', pci: '74a1 74b5' }),
  amd('mi308x', 'AMD Instinct MI308X', [196592], { capability: 'gfx942', pci: '74a2 74b6' }),
  amd('mi325x', 'AMD Instinct MI325X', [262128], { capability: 'gfx942', pci: '74a5' }),
  amd('mi350x', 'AMD Instinct MI350X', [294896], { capability: 'gfx950', pci: '75a0' }),
  amd('mi355x', 'AMD Instinct MI355X', [294896], { capability: 'gfx950', pci: '75a3' }),
  amd('rx-6800-xt', 'AMD Radeon RX 6800 XT', [16368], { capability: 'gfx1030', pci: '73bf:c1' }),
  amd('rx-6900-xt', 'AMD Radeon RX 6900 XT', [16368], {
    capability: 'gfx1030',
    pci: '73bf:c0 73af:c0',
  }),
  amd('rx-7600', 'AMD Radeon RX 7600', [8176], { capability: 'gfx1102', pci: '7480:cf' }),
  amd('rx-7700-xt', 'AMD Radeon RX 7700 XT', [12272], { capability: 'gfx1101', pci: '747e:ff' }),
  amd('rx-7800-xt', 'AMD Radeon RX 7800 XT', [16368], { capability: 'gfx1101', pci: '747e:c8' }),
  amd('rx-7900-gre', 'AMD Radeon RX 7900 GRE', [16368], { capability: 'gfx1100', pci: '744c:ce' }),
  amd('rx-7900-xt', 'AMD Radeon RX 7900 XT', [20464], { capability: 'gfx1100', pci: '744c:cc' }),
  amd('rx-7900-xtx', 'AMD Radeon RX 7900 XTX', [24560], { capability: 'gfx1100', pci: '744c:c8' }),
  amd('rx-9060-xt', 'AMD Radeon RX 9060 XT', [8176, 16304], { capability: 'gfx1200' }),
  amd('rx-9070', 'AMD Radeon RX 9070', [16304], { capability: 'gfx1201' }),
  amd('rx-9070-xt', 'AMD Radeon RX 9070 XT', [16304], { capability: 'gfx1201' }),
  amd('w7800', 'AMD Radeon PRO W7800', [32752, 49136], { capability: 'gfx1100', pci: '745e:cc' }),
  amd('w7900', 'AMD Radeon PRO W7900', [49136], { capability: 'gfx1100', pci: '7448:00' }),
  amd('rx-6600', 'AMD Radeon RX 6600', [8176], { capability: 'gfx1032', pci: '73ff:c7' }),
  amd('rx-6600-xt', 'AMD Radeon RX 6600 XT', [8176], { capability: 'gfx1032', pci: '73ff:c1' }),
  amd('rx-6700-xt', 'AMD Radeon RX 6700 XT', [12272], {
    capability: 'gfx1031',
    pci: '73df:c1 73df:c5',
  }),
  amd('rx-6800', 'AMD Radeon RX 6800', [16368], { capability: 'gfx1030', pci: '73bf:c3' }),
  amd('rx-6950-xt', 'AMD Radeon RX 6950 XT', [16368], { capability: 'gfx1030', pci: '73a5:c0' }),
  amd('rx-7600-xt', 'AMD Radeon RX 7600 XT', [16368], { capability: 'gfx1102', pci: '7480:c0' }),
  amd('w6800', 'AMD Radeon PRO W6800', [32752], { capability: 'gfx1030', pci: '73a3:00' }),
  amd('w7700', 'AMD Radeon PRO W7700', [16368], {
    capability: 'gfx1101',
    pci: '7470:00',
    aliases: 'Radeon Pro W7700',
  }),
  amd('r9700', 'AMD Radeon AI PRO R9700', [32704], { capability: 'gfx1201', pci: '7551' }),
  amd('radeon-890m', 'AMD Radeon 890M', [], {
    capability: 'gfx1150',
    aliases: 'AMD Ryzen AI 9 HX 370 w/ Radeon 890M',
  }),
  amd('radeon-780m', 'AMD Radeon 780M', [], {
    capability: 'gfx1103',
    pci: '15bf:00 15bf:02 15bf:c1 15bf:c2 15bf:c4 15bf:c6 15bf:c7 15bf:c9 15bf:cf 15bf:d0 15bf:d1 15bf:d3 15bf:d4 15bf:d7 15bf:d9 15bf:da 15bf:dc 15bf:dd',
  }),
  amd('radeon-680m', 'AMD Radeon 680M', [], {
    capability: 'gfx1035',
    pci: '1681:06 1681:0a 1681:c7 1681:c8',
    aliases: 'Rembrandt [Radeon 680M]',
  }),
  amd('radeon-8060s', 'AMD Radeon 8060S', [], {
    capability: 'gfx1151',
    aliases: 'Strix Halo, AMD Ryzen AI MAX+ 395 w/ Radeon 8060S',
    pci: '1586:c1',
  }),
];

const intelModels: readonly GpuModel[] = [
  intel('arc-a380', 'Intel Arc A380', [6144], { pci: '56a5' }),
  intel('arc-a750', 'Intel Arc A750', [8192], { pci: '56a1' }),
  intel('arc-a770', 'Intel Arc A770', [8192, 16384], { pci: '56a0' }),
  intel('arc-b570', 'Intel Arc B570', [10240], { pci: 'e20c' }),
  intel('arc-b580', 'Intel Arc B580', [12288], { pci: 'e20b' }),
  intel('arc-pro-b50', 'Intel Arc Pro B50', [16384]),
  intel('arc-pro-b60', 'Intel Arc Pro B60', [24576]),
  intel('flex-140', 'Intel Data Center GPU Flex 140', [6144], { pci: '56c1' }),
  intel('flex-170', 'Intel Data Center GPU Flex 170', [16384], { pci: '56c0' }),
  intel('max-1100', 'Intel Data Center GPU Max 1100', [49152], { pci: '0bda' }),
  intel('max-1550', 'Intel Data Center GPU Max 1550', [131072], { pci: '0bd5' }),
];

const metalFamilies: Record<string, string> = {
  m1: 'Apple7',
  m2: 'Apple8',
  m3: 'Apple9',
  m4: 'Apple9',
  m5: 'Apple10',
};

/** Apple's chips share the machine's memory, so the model doesn't say how much there is. */
const appleModels: readonly GpuModel[] = [
  'm1',
  'm1-pro',
  'm1-max',
  'm1-ultra',
  'm2',
  'm2-pro',
  'm2-max',
  'm2-ultra',
  'm3',
  'm3-pro',
  'm3-max',
  'm3-ultra',
  'm4',
  'm4-pro',
  'm4-max',
  'm5',
  'm5-pro',
  'm5-max',
].map((id) => {
  const [chip = '', grade = ''] = id.split('-');
  const label = grade.charAt(0).toUpperCase() + grade.slice(1);
  const capability = metalFamilies[chip];
  const name = `Apple ${chip.toUpperCase()} ${label}`.trim();
  return apple(id, name, [], capability === undefined ? {} : { capability });
});

export const otherModels: readonly GpuModel[] = [...amdModels, ...intelModels, ...appleModels];
