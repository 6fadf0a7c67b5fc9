import { describe, expect, it } from 'vitest';
import { parseIoreg } from './parse-ioreg.ts';
import { parsePowermetrics } from './parse-powermetrics.ts';
import { parseProfiler } from './parse-profiler.ts';

const profile = (fields: object) =>
  parseProfiler(JSON.stringify({ SPDisplaysDataType: [fields] }))?.[0];

describe('system_profiler', () => {
  it.each([
    [{ _name: 'kHW_AppleM1Item', spdisplays_vendor: 'sppci_vendor_Apple' }, 'Apple M1'],
    [{ _name: 'kHW_AppleM4MaxItem', sppci_cores: '40' }, 'Apple M4 Max'],
    [{ _name: 'Apple M2 Ultra', sppci_model: 'Apple M2 Ultra', sppci_cores: 76 }, 'Apple M2 Ultra'],
    [{ sppci_model: 'Apple M4', spdisplays_vendor: 'Apple (0x106b)' }, 'Apple M4'],
  ])('%j is a chip of Apple', (fields, model) => {
    expect(profile(fields)).toMatchObject({ model, isApple: true, memoryMib: null });
  });

  it.each([
    [{ sppci_model: 'AMD Radeon Pro 5500M', spdisplays_vram: '8 GB' }, 8_192, false],
    [{ sppci_model: 'Intel UHD Graphics 630', spdisplays_vram_shared: '1536 MB' }, 1_536, true],
  ])('%j is a card of an Intel Mac', (fields, memoryMib, memoryShared) => {
    expect(profile(fields)).toMatchObject({ isApple: false, memoryMib, memoryShared });
  });

  it.each([
    [{ spdisplays_mtlgpufamilysupport: 'spdisplays_metal4' }, 'metal4'],
    [{ spdisplays_metal: 'spdisplays_supported' }, 'supported'],
    [{}, null],
  ])('says of Metal %j', (fields, metal) => {
    expect(profile({ sppci_model: 'Apple M3', ...fields })?.metal).toBe(metal);
  });
});

describe('ioreg', () => {
  it.each([
    ['"Device Utilization %"=0,"In use system memory"=7', 0, 7],
    ['"In use system memory (driver)"=9,"Device Utilization %"=33', 33, null],
    ['"GPU Activity(%)"=12,"vramUsedBytes"=1024', 12, 1_024],
  ])('with %s', (statistics, utilizationPercent, memoryUsedBytes) => {
    const output = `+-o AGXAcceleratorG16X  <class AGXAcceleratorG16X>\n  | {\n  |   "PerformanceStatistics" = {${statistics}}\n  | }\n`;
    expect(parseIoreg(output)).toMatchObject([{ utilizationPercent, memoryUsedBytes }]);
  });
});

describe('powermetrics', () => {
  it('of an older macOS has other names', () => {
    const output =
      'GPU active frequency: 396 MHz\nGPU active residency:   4.06%\nGPU Power: 29 mW\n';
    expect(parsePowermetrics(output)).toMatchObject({
      utilizationPercent: 4.06,
      clockMegahertz: 396,
      powerWatts: 0.029,
    });
  });

  it('as a property list has the share of rest', () => {
    const output =
      '<plist><dict><key>gpu</key><dict><key>freq_hz</key><real>1398</real><key>idle_ratio</key><real>0.25</real></dict></dict></plist>';
    expect(parsePowermetrics(output)).toMatchObject({
      utilizationPercent: 75,
      clockMegahertz: 1_398,
      powerWatts: null,
    });
  });

  it.each(['', 'powermetrics must be invoked as the superuser\n', '<plist><dict></dict></plist>'])(
    'gives no sample in %j',
    (output) => expect(parsePowermetrics(output)).toBeNull(),
  );
});
