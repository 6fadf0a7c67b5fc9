import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommandRunner } from '../command-runner.ts';
import { memoryFiles } from '../testing/memory-files.ts';
import { createStubTools, type StubTools } from '../testing/stub-tool.ts';
import { AmdDetector } from './amd-detector.ts';

const gibibyte = 1024 ** 3;
const signal = new AbortController().signal;
let tools: StubTools;
beforeEach(() => {
  tools = createStubTools();
});
afterEach(() => tools.remove());

function detector(files: Record<string, string>): AmdDetector {
  const runner = createCommandRunner({ environment: tools.environment });
  return new AmdDetector({ runner, files: memoryFiles(files), clock: new ManualClock() });
}

const node = '/sys/class/kfd/kfd/topology/nodes';
const drm = '/sys/class/drm/card1/device';

const kfdCard = {
  [`${node}/0/properties`]: 'cpu_cores_count 16\nsimd_count 0\n',
  [`${node}/1/properties`]:
    'cpu_cores_count 0\nsimd_count 192\ngfx_target_version 110000\nvendor_id 4098\n' +
    'device_id 29772\nlocation_id 768\ndomain 0\ndrm_render_minor 128\nunique_id 6667579787172869363\n',
};
const drmCard = {
  '/sys/class/drm/card1-HDMI-A-1/status': 'connected',
  [`${drm}->`]: '../../../0000:03:00.0',
  [`${drm}/vendor`]: '0x1002\n',
  [`${drm}/device`]: '0x744c\n',
  [`${drm}/revision`]: '0xc8\n',
  [`${drm}/driver->`]: '../../../../bus/pci/drivers/amdgpu',
  [`${drm}/drm/renderD128/dev`]: '226:128',
  [`${drm}/unique_id`]: '5c88007d760374f3\n',
  [`${drm}/mem_info_vram_total`]: String(24 * gibibyte),
  [`${drm}/mem_info_vram_used`]: String(gibibyte),
  [`${drm}/gpu_busy_percent`]: '0\n',
  [`${drm}/ras/umc_err_count`]: 'ue: 0\nce: 3\n',
  [`${drm}/hwmon/hwmon4/temp1_input`]: '45000',
  [`${drm}/hwmon/hwmon4/power1_average`]: '53000000',
  [`${drm}/hwmon/hwmon4/pwm1`]: '51',
};

describe('AMD detection', () => {
  it('joins what the kernel says in two places, without any tool of AMD', async () => {
    const amd = detector({ ...kfdCard, ...drmCard, '/proc/sys/kernel/osrelease': '6.8.0-45' });
    const found = await amd.detect(signal);
    expect(found).toMatchObject({ status: 'ok', source: 'KFD, /sys', problems: [] });
    expect(found.devices).toMatchObject([
      {
        id: 'GPU-5c88007d760374f3',
        modelId: 'rx-7900-xtx',
        memoryBytes: 24 * gibibyte,
        computeCapability: 'gfx1100',
        driverVersion: '6.8.0-45',
        pciBusId: '0000:03:00.0',
        renderNode: '/dev/dri/renderD128',
      },
    ]);
    const { samples } = await amd.sample(signal);
    expect(samples).toHaveLength(1);
    expect(samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: 0, source: 'measured' },
      memoryFreeBytes: { value: 23 * gibibyte, source: 'measured' },
      temperatureCelsius: { value: 45, source: 'measured' },
      powerWatts: { value: 53, source: 'measured' },
      fanPercent: { value: 20, source: 'estimated' },
      eccUncorrectedCount: { value: 0, source: 'measured' },
      smClockMegahertz: { value: null, source: 'unavailable' },
    });
  });

  it('offers no card that only draws pictures, and says why', async () => {
    const found = await detector(drmCard).detect(signal);
    expect(found).toMatchObject({ status: 'error', devices: [] });
    expect(found.problems).toMatchObject([{ code: 'compute-driver-missing' }]);
  });

  it('reads telemetry with the tool that knows the cards, where /sys is not there', async () => {
    tools.add(
      'amd-smi',
      `echo "WARNING: User is missing the following required groups: render"
       echo "[note] more"
       case "$1" in
         static) echo '{"gpu_data":[{"gpu":0,"asic":{"market_name":"AMD Instinct MI300X","asic_serial":"0x6F1F"},"bus":{"bdf":"0000:83:00.0"},"vram":{"size":{"value":196592,"unit":"MB"}},"driver":"AMDSMI_STATUS_NOT_SUPPORTED - x"}]}' ;;
         metric) echo '{"gpu_data":[{"gpu":0,"usage":"N/A","power":{"socket_power":{"value":158,"unit":"W"}},"temperature":{"edge":"N/A","hotspot":{"value":45,"unit":"C"}}}]}' ;;
       esac`,
    );
    const amd = detector({});
    const found = await amd.detect(signal);
    expect(found).toMatchObject({ status: 'ok', source: 'amd-smi' });
    expect(found.devices).toMatchObject([{ id: 'GPU-0000000000006f1f', modelId: 'mi300x' }]);
    const { samples } = await amd.sample(signal);
    expect(samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: null, source: 'unavailable' },
      powerWatts: { value: 158, source: 'measured' },
      temperatureCelsius: { value: 45, source: 'measured' },
    });
  });

  it('reports a hanging tool and keeps what the kernel says', async () => {
    const amd = new AmdDetector({
      runner: { run: async () => ({ kind: 'timed-out', timeoutMs: 15_000 }) },
      files: memoryFiles({ ...kfdCard, ...drmCard }),
      clock: new ManualClock(),
    });
    const found = await amd.detect(signal);
    expect(found).toMatchObject({ status: 'partial', problems: [{ code: 'tool-timeout' }] });
    expect(found.devices).toHaveLength(1);
  });

  it('finds nothing, without a fault, where a tool is installed and no card is', async () => {
    tools.add('rocm-smi', 'echo "ERROR:root:Driver not initialized (amdgpu not found)" >&2');
    const found = await detector({}).detect(signal);
    expect(found).toMatchObject({ status: 'unavailable', devices: [] });
    expect(found.tried).toEqual([
      '/sys (no AMD card)',
      'amd-smi (not installed)',
      'rocm-smi (failed)',
    ]);
  });

  it('counts the partitions of one card once, and leaves weak graphics of processors alone', async () => {
    const partition = kfdCard[`${node}/1/properties`] ?? '';
    const found = await detector({
      [`${node}/1/properties`]: partition,
      [`${node}/2/properties`]: partition.replace('location_id 768', 'location_id 769'),
      [`${node}/3/properties`]:
        'cpu_cores_count 12\nsimd_count 4\ngfx_target_version 100306\ndevice_id 5710\nlocation_id 4864\n',
    }).detect(signal);
    expect(found.devices.map(({ id }) => id)).toEqual(['GPU-5c88007d760374f3']);
    expect(found.tried?.join()).toContain('built into the processor');
  });
});
