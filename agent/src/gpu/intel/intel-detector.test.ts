import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommandRunner } from '../command-runner.ts';
import { memoryFiles } from '../testing/memory-files.ts';
import { createStubTools, type StubTools } from '../testing/stub-tool.ts';
import { IntelDetector } from './intel-detector.ts';

const signal = new AbortController().signal;
const clock = new ManualClock();
let tools: StubTools;
beforeEach(() => {
  tools = createStubTools();
});
afterEach(() => tools.remove());

function card(number: number, address: string, device: string): Record<string, string> {
  const folder = `/sys/class/drm/card${number}/device`;
  return {
    [`${folder}->`]: `../../../${address}`,
    [`${folder}/vendor`]: '0x8086',
    [`${folder}/device`]: device,
    [`${folder}/revision`]: '0x08',
    [`${folder}/drm/renderD${128 + number}/dev`]: '226:129',
    [`${folder}/hwmon/hwmon3/energy1_input`]: '1000000',
  };
}

function detector(files: Record<string, string>): IntelDetector {
  const runner = createCommandRunner({ environment: tools.environment });
  return new IntelDetector({ runner, files: memoryFiles(files), clock });
}

describe('Intel detection', () => {
  it('offers the card and not the graphics of the processor', async () => {
    const files = { ...card(0, '0000:00:02.0', '0xa780'), ...card(1, '0000:03:00.0', '0x56a5') };
    const found = await detector(files).detect(signal);
    expect(found).toMatchObject({ status: 'ok', source: '/sys' });
    expect(found.devices).toMatchObject([
      { id: 'intel-0000:03:00.0', modelId: 'arc-a380', renderNode: '/dev/dri/renderD129' },
    ]);
    expect(found.devices[0]?.memoryBytes).toBeNull();
    expect(found.tried?.join()).toContain('in the processor');
  });

  it('[5.04] takes memory and telemetry from xpu-smi', async () => {
    tools.add(
      'xpu-smi',
      `case "$1" in
         discovery) echo '{"device_list":[{"device_id":0,"device_name":"Intel(R) Arc(TM) B580 Graphics","device_type":"GPU","pci_bdf_address":"0000:03:00.0","pci_device_id":"0xe20b","memory_physical_size_byte":"12809404416"}]}' ;;
         stats) echo '{"device_level":[{"metrics_type":"XPUM_STATS_GPU_UTILIZATION","value":0},{"metrics_type":"XPUM_STATS_POWER","value":31.5},{"metrics_type":"XPUM_STATS_MEMORY_USED","value":512}]}' ;;
       esac`,
    );
    const intel = detector(card(1, '0000:03:00.0', '0xe20b'));
    const found = await intel.detect(signal);
    expect(found.devices).toMatchObject([
      { id: 'intel-0000:03:00.0', modelId: 'arc-b580', memoryBytes: 12_809_404_416 },
    ]);
    const { samples } = await intel.sample(signal);
    expect(samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: 0, source: 'measured' },
      powerWatts: { value: 31.5, source: 'measured' },
      memoryUsedBytes: { value: 512 * 1_048_576, source: 'measured' },
    });
  });

  it('asks for the memory that the list of xpu-smi lacks, and reads its table for want of JSON', async () => {
    tools.add(
      'xpu-smi',
      `case "$*" in
         "discovery -j") echo "a warning instead of JSON" ;;
         "discovery") echo '| Device ID | Device Information                          |'
           echo '| 0         | Device Name: Intel(R) Arc(TM) B580 Graphics |'
           echo '|           | PCI BDF Address: 0000:03:00.0               |' ;;
         "discovery -d 0 -j") echo '{"device_id":0,"memory_physical_size_byte":"12809404416","driver_version":"25.18"}' ;;
         stats*) echo '{"device_level":[{"metrics_type":"XPUM_STATS_MEMORY_TEMPERATURE","value":58},{"metrics_type":"XPUM_STATS_PCIE_READ_THROUGHPUT","value":12}]}' ;;
       esac`,
    );
    const intel = detector(card(1, '0000:03:00.0', '0xe20b'));
    const found = await intel.detect(signal);
    expect(found).toMatchObject({ status: 'ok', problems: [] });
    expect(found.devices).toMatchObject([
      { modelId: 'arc-b580', memoryBytes: 12_809_404_416, driverVersion: '25.18' },
    ]);
    const { samples } = await intel.sample(signal);
    expect(samples[0]?.metrics).toMatchObject({
      memoryTemperatureCelsius: { value: 58, source: 'measured' },
      pcieReceiveBytesPerSecond: { value: 12_000, source: 'measured' },
    });
  });

  it('reads the JSON of an intel_gpu_top that has no lines', async () => {
    tools.add(
      'intel_gpu_top',
      `test "$1" = -J || { echo "intel_gpu_top: invalid option -- 'l'" >&2; exit 1; }
       printf '[\n{\n "frequency": {"actual": 1300.0},\n "power": {"GPU": 8.2},\n'
       printf ' "engines": {\n  "Render/3D/0": {"busy": 42.0},\n  "Video/0": {"busy": 87.0}\n }\n},\n'
       exec sleep 600`,
    );
    const intel = detector(card(1, '0000:03:00.0', '0x56a0'));
    await intel.detect(signal);
    const { samples, problems } = await intel.sample(signal);
    expect(problems).toEqual([]);
    expect(samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: 87 },
      smClockMegahertz: { value: 1_300 },
      powerWatts: { value: 8.2 },
    });
  });

  it('asks nvtop where intel_gpu_top is not allowed to look', async () => {
    tools.add('intel_gpu_top', 'echo "Failed to initialize PMU! (Permission denied)" >&2; exit 1');
    tools.add(
      'nvtop',
      `echo '[{"device_name":"Intel Arc A770","gpu_util":"12%","temp":"48C","mem_total":"17179869184","mem_used":"1073741824"},{"device_name":"AMD Radeon 680M"}]'`,
    );
    const intel = detector(card(1, '0000:03:00.0', '0x56a0'));
    await intel.detect(signal);
    const first = await intel.sample(signal);
    expect(first.problems).toMatchObject([{ code: 'no-permission' }]);
    expect((await intel.sample(signal)).problems).toEqual([]);
    expect(first.samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: 12 },
      temperatureCelsius: { value: 48 },
      memoryUsedBytes: { value: 1_073_741_824 },
    });
  });

  it('reads the clock of i915 beside whatever number the card has', async () => {
    const files = {
      ...card(1, '0000:03:00.0', '0x56a0'),
      '/sys/class/drm/card1/gt_act_freq_mhz': '2400',
    };
    const intel = detector(files);
    await intel.detect(signal);
    const { samples } = await intel.sample(signal);
    expect(samples[0]?.metrics.smClockMegahertz).toEqual({ value: 2_400, source: 'measured' });
  });

  it('takes one line of intel_gpu_top, and estimates power from the energy counter', async () => {
    const files: Record<string, string> = card(1, '0000:03:00.0', '0x56a0');
    tools.add(
      'intel_gpu_top',
      `echo " Freq MHz      IRQ RC6             RCS             VCS"
       echo " req  act       /s   %       %  se  wa       %  se  wa"
       echo " 373  350      224  45   12.34   0   0   55.00   0   0"
       exec sleep 600`,
    );
    const intel = detector(files);
    await intel.detect(signal);
    await intel.sample(signal);
    files['/sys/class/drm/card1/device/hwmon/hwmon3/energy1_input'] = '21000000';
    clock.advance(1_000);
    const { samples, problems } = await intel.sample(signal);
    expect(problems).toEqual([]);
    expect(samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: 55, source: 'measured' },
      smClockMegahertz: { value: 350, source: 'measured' },
      powerWatts: { value: 20, source: 'estimated' },
      energyJoules: { value: 21, source: 'measured' },
    });
  });
});
