import { describe, expect, it } from 'vitest';
import { identityOf, metricsOfRecord, parseAmdSmi, processesOf } from './parse-amd-smi.ts';
import { parseRocmSmi } from './parse-rocm-smi.ts';
import { parseRocminfo } from './parse-rocminfo.ts';

const card = { gpu: 0, asic: { market_name: 'AMD Instinct MI300X', device_id: '0x74a1' } };

describe('JSON of amd-smi', () => {
  it.each([
    ['a list', [card]],
    ['ROCm 7', { gpu_data: [card] }],
    ['one GPU', card],
    ['a list in a list', [[card]]],
  ])('as %s', (_shape, shape) => {
    const records = parseAmdSmi(`WARNING: [render] is missing\n${JSON.stringify(shape)}\nDone.\n`);
    expect(records?.map(identityOf)).toMatchObject([
      { index: 0, name: 'AMD Instinct MI300X', pciModel: '1002:74a1' },
    ]);
  });

  it.each([
    [{ size: { value: 196_592, unit: 'MB' } }, 196_592],
    [{ size: '196592 MB' }, 196_592],
    [{ vram_size: { value: 196_592, unit: 'MB' } }, 196_592],
    [{ vram_size_mb: 196_592 }, 196_592],
    [{ size: 'N/A' }, null],
    [{ size: { value: 'N/A', unit: 'MB' } }, null],
    ['N/A', null],
    ['AMDSMI_STATUS_NOT_SUPPORTED - Feature not supported', null],
  ])('with the memory %j', (vram, memoryMib) => {
    expect(identityOf({ ...card, vram }, 0).memoryMib).toBe(memoryMib);
  });

  it('with what it measures in the words of ROCm 6 and 7', () => {
    const record = {
      gpu: 2,
      energy: { total_energy_consumption: { value: 12_345.5, unit: 'J' } },
      temperature: {
        edge: 'N/A',
        hotspot: { value: 45, unit: 'C' },
        mem: { value: 38, unit: 'C' },
      },
      clock: {
        gfx_0: { clk: { value: 132, unit: 'MHz' } },
        mem_0: { clk: { value: 900, unit: 'MHz' } },
      },
      pcie: { width: '16', speed: { value: 32, unit: 'GT/s' }, replay_count: 'N/A' },
    };
    expect(metricsOfRecord(record, 0)).toMatchObject({
      index: 2,
      energyJoules: 12_345.5,
      temperatureCelsius: 45,
      memoryTemperatureCelsius: 38,
      clockMegahertz: 132,
      memoryClockMegahertz: 900,
      pcieGeneration: 5,
      pcieLanes: 16,
      pcieReplayCount: null,
      powerWatts: null,
    });
  });

  it('with a link in megatransfers, and memory by its older name', () => {
    const record = {
      pcie: { current_lanes: 16, current_speed: 16_000 },
      fb_usage: { fb_used: 12 },
    };
    expect(metricsOfRecord(record, 3)).toMatchObject({
      index: 3,
      pcieGeneration: 4,
      pcieLanes: 16,
      memoryUsedMib: 12,
    });
  });

  it('that is cut off is none', () => {
    expect(parseAmdSmi('[{"gpu": 0, "asic": {"market_name": "AMD')).toBeNull();
  });
});

describe('JSON of rocm-smi', () => {
  it.each([
    [{ 'Card series': 'Radeon RX 6800' }, { name: 'Radeon RX 6800' }],
    [
      { 'Card Series': 'N/A', 'Device Name': 'AMD Radeon Pro W7900' },
      { name: 'AMD Radeon Pro W7900' },
    ],
    [{ 'Card Series': '0x1002' }, { name: null }],
    [{ 'vram Total Memory (B)': '17163091968' }, { memoryBytes: 17_163_091_968 }],
    [{ 'Average Graphics Package Power (W)': 'N/A (Secondary die)' }, { powerWatts: null }],
    [
      {
        'Average Graphics Package Power (W)': 'N/A',
        'Current Socket Graphics Package Power (W)': '158.0',
      },
      { powerWatts: 158 },
    ],
    [
      { 'mclk clock speed:': '(1200Mhz)', 'pcie clock level:': '2 (32.0GT/s x8 619Mhz)' },
      { memoryClockMegahertz: 1_200, pcieLink: { gigatransfers: 32, lanes: 8 } },
    ],
    [
      { 'Accumulated Energy (uJ)': '2500000.0', 'PCIe Replay Count': '0' },
      { energyJoules: 2.5, pcieReplayCount: 0 },
    ],
  ])('with %j', (fields, facts) => {
    expect(parseRocmSmi(JSON.stringify({ card0: fields }))?.cards).toMatchObject([facts]);
  });
});

it.each([
  [{ value: 12_884_901_888, unit: 'B' }, 12_884_901_888],
  [{ value: 12, unit: 'GB' }, 12_884_901_888],
  [{ value: 2, unit: 'MiB' }, 2_097_152],
  ['3 KB', 3_072],
  [4_096, 4_096],
  [{ value: 'N/A', unit: 'B' }, null],
  [{ value: 1, unit: 'pages' }, null],
])('amd-smi tells the memory of a program as %j', (vram_mem, memoryBytes) => {
  const listed = (info: object) => ({ gpu: 1, process_list: [{ process_info: info }] });
  expect(processesOf(listed({ name: 'N/A', pid: 7, vram_mem }), 0)).toEqual([
    { gpu: 1, pid: 7, name: null, memoryBytes },
  ]);
  const nested = { name: 'python3', pid: 8, memory_usage: { vram_mem } };
  expect(processesOf(listed(nested), 0)).toMatchObject([{ name: 'python3', memoryBytes }]);
});

describe('rocminfo', () => {
  it('tells an APU, a card without an id and a processor apart', () => {
    const agents = parseRocminfo(
      [
        '*******',
        'Agent 1',
        '*******',
        '  Name:                    AMD Ryzen AI MAX+ 395',
        '  Device Type:             CPU',
        '*******                  ',
        'Agent 2                  ',
        '*******                  ',
        '  Name:                    gfx1151                            ',
        '  Uuid:                    GPU-XX                             ',
        '  Marketing Name:          Radeon 8060S Graphics              ',
        '  Device Type:             GPU                                ',
        '  Chip ID:                 5510(0x1586)                       ',
        '  BDFID:                   50176                              ',
        '  Memory Properties:       APU',
      ].join('\n'),
    );
    expect(agents).toMatchObject([
      {
        agent: 2,
        name: 'Radeon 8060S Graphics',
        uuid: null,
        pciModel: '1002:1586',
        pciBusId: '0000:c4:00.0',
        integrated: true,
        memoryBytes: null,
      },
    ]);
  });

  it('is not read where it failed', () => {
    expect(parseRocminfo('ROCk module is NOT loaded, possibly no GPU devices\n')).toBeNull();
  });
});
