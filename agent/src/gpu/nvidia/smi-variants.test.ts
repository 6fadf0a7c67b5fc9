import { describe, expect, it } from 'vitest';
import { sampleOfRow } from './nvidia-telemetry.ts';
import { parseSmiList } from './parse-smi-list.ts';
import { parseSmiRows } from './parse-smi-rows.ts';
import { parseSmiText } from './parse-smi-text.ts';
import { parseSmiXml } from './parse-smi-xml.ts';
import { parseTegrastats } from './parse-tegrastats.ts';
import { readReport } from './smi-report.ts';
import { readSmiNumber, readSmiValue } from './smi-value.ts';

const nothing = { value: null, fault: null, unsupported: false };

describe('a cell of nvidia-smi', () => {
  it.each(['[Unknown Error]', 'ERR!', '[Insufficient Permissions]', '[No Data]', 'Not Found', '-'])(
    '%s is no value',
    (cell) => expect(readSmiValue(cell)).toEqual(nothing),
  );

  it.each(['[Driver Says Something New]', '[Timeout]'])('%s is a message, and no value', (cell) => {
    expect(readSmiValue(cell)).toEqual(nothing);
  });

  it.each(['[N/A]', 'N/A', '[Not Supported]', 'Not Supported'])('%s is no such reading', (cell) => {
    expect(readSmiValue(cell)).toEqual({ ...nothing, unsupported: true });
  });

  it.each([
    ['0', 0],
    ['67.03 W', 67.03],
    ['67,03 W', 67.03],
    ['81559 MiB', 81_559],
    ['16x', 16],
    ['-8 C', -8],
    ['1,234', null],
    ['0x40', null],
    ['12 bananas', null],
  ])('%s is the number %s', (cell, number) => expect(readSmiNumber(cell)).toBe(number));
});

describe('rows of drivers from 450 to 580', () => {
  it('say what they know, with a header, units and the line ends of Windows', () => {
    const fields = ['uuid', 'memory.used', 'temperature.memory', 'clocks_throttle_reasons.active'];
    const output =
      'uuid, memory.used [MiB], temperature.memory, clocks_throttle_reasons.active\r\n' +
      'GPU-1, 5 MiB, N/A, 0x0000000000000060\r\nGPU-2, [GPU is lost], [Unknown Error], [N/A]\r\n';
    const samples = parseSmiRows(output, fields).rows.map(sampleOfRow);
    expect(samples).toMatchObject([
      {
        uuid: 'GPU-1',
        slowdowns: ['software-thermal', 'hardware-thermal'],
        metrics: {
          memoryUsedBytes: { value: 5 * 1_048_576 },
          memoryTemperatureCelsius: { value: null },
        },
      },
      { uuid: 'GPU-2', metrics: { memoryUsedBytes: { value: null, source: 'unavailable' } } },
    ]);
    expect(samples[1]?.slowdowns).toBeUndefined();
  });
});

describe('the list of nvidia-smi -L', () => {
  it.each([
    ['MIG 1g.10gb+me     Device  0: (UUID: MIG-8f2a)', '1g.10gb+me'],
    ['MIG 1g.12gb+gfx Device 0: (UUID: MIG-8f2a)', '1g.12gb+gfx'],
    ['MIG 1c.3g.71gb  Device  0: (UUID: MIG-8f2a)\r', '1c.3g.71gb'],
    ['MIG 7g.141gb.all Device  0: (UUID: MIG-8f2a)  ', '7g.141gb.all'],
    ['MIG 1g.5gb Device 0: (UUID: MIG-GPU-5a1b/7/0)', '1g.5gb'],
  ])('has %s', (line, profile) => {
    const [gpu] = parseSmiList(`GPU 0: NVIDIA GH200 480GB (UUID: GPU-1)\n  ${line}\n`);
    expect(gpu?.migDevices).toMatchObject([{ profile, index: 0 }]);
  });

  it('has names with brackets', () => {
    const [gpu] = parseSmiList('GPU 3: NVIDIA RTX (Laptop) (UUID: GPU-1)');
    expect(gpu).toMatchObject({ index: 3, model: 'NVIDIA RTX (Laptop)', uuid: 'GPU-1' });
  });
});

describe('a report', () => {
  const xml = (gpu: string) =>
    `<?xml version="1.0" ?><nvidia_smi_log><gpu id="00000009:01:00.0"><uuid>GPU-1</uuid>${gpu}</gpu></nvidia_smi_log>`;
  const gpuOf = (gpu: string) => {
    const document = parseSmiXml(xml(gpu));
    return document === null ? undefined : readReport(document).gpus[0];
  };

  it.each(['Not Supported', 'N/A', '[N/A]'])('of a chip that shares memory: %s', (total) => {
    expect(gpuOf(`<fb_memory_usage><total>${total}</total></fb_memory_usage>`)).toMatchObject({
      memoryMib: null,
      memoryUnified: true,
      pciBusId: '0009:01:00.0',
    });
  });

  it('of a GPU whose memory can not be read is not one that shares it', () => {
    const gpu = gpuOf('<fb_memory_usage><total>Unknown Error</total></fb_memory_usage>');
    expect(gpu).toMatchObject({ memoryMib: null, memoryUnified: false });
  });

  it.each([
    ['vgpu_software_licensed_product', 'Unlicensed (Restricted)', true],
    ['grid_licensed_product', 'Unlicensed', true],
    ['vgpu_software_licensed_product', 'Licensed (Expiry: 2026-11-27)', false],
    ['vgpu_software_licensed_product', 'N/A', false],
  ])('of a virtual GPU: %s is %s', (section, status, unlicensed) => {
    const gpu = gpuOf(`<${section}><license_status>${status}</license_status></${section}>`);
    expect(gpu?.unlicensed).toBe(unlicensed);
  });

  it.each([
    ['<gpu_recovery_action>None</gpu_recovery_action>', null],
    ['<gpu_recovery_action>N/A</gpu_recovery_action>', null],
    ['<gpu_recovery_action>Drain P2P</gpu_recovery_action>', /Drain P2P/],
    ['<gpu_reset_status><reset_required>Yes</reset_required></gpu_reset_status>', /reset/],
  ])('asks for a repair or not: %s', (section, sickness) => {
    if (sickness === null) expect(gpuOf(section)?.sickness).toBeNull();
    else expect(gpuOf(section)?.sickness).toMatch(sickness);
  });

  it('as the text of driver 450 has its facts', () => {
    const document = parseSmiText(
      [
        '==============NVSMI LOG==============',
        'Driver Version                            : 450.51.06',
        'CUDA Version                              : 11.0',
        'GPU 00000000:3B:00.0',
        '    Product Name                          : Tesla T4',
        '    GPU UUID                              : GPU-7d1e',
        '    PCI',
        '        Replays Since Reset               : 4',
        '        Tx Throughput                     : N/A',
        '        Rx Throughput                     : 627 KB/s',
        '    FB Memory Usage',
        '        Total                             : 15109 MiB',
      ].join('\r\n'),
    );
    const report = document === null ? null : readReport(document);
    expect(report).toMatchObject({ driverVersion: '450.51.06', cudaVersion: '11.0' });
    expect(report?.gpus).toMatchObject([
      {
        uuid: 'GPU-7d1e',
        name: 'Tesla T4',
        memoryMib: 15_109,
        pcie: { replays: 4, receiveBytesPerSecond: 627_000, transmitBytesPerSecond: null },
      },
    ]);
  });
});

describe('a line of tegrastats', () => {
  it.each([
    ['RAM 1024/3956MB (lfb 1x4MB) GR3D 45%@76 GPU@36.5C', 45, 36.5],
    ['RAM 2385/30536MB (lfb 4x4MB) GR3D_FREQ 0%@[611,0] gpu@45.218C', 0, 45.218],
  ])('%s', (line, utilizationPercent, temperatureCelsius) => {
    expect(parseTegrastats(line)).toMatchObject({ utilizationPercent, temperatureCelsius });
  });
});
