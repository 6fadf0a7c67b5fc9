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
  [`${drm}/hwmon/hwmon4/temp3_input`]: '62000',
  [`${drm}/hwmon/hwmon4/energy1_input`]: '7500000',
  [`${drm}/hwmon/hwmon4/freq2_input`]: '1249000000',
  [`${drm}/hwmon/hwmon4/pwm1`]: '51',
  [`${drm}/pcie_replay_count`]: '3',
  '/sys/bus/pci/devices/0000:03:00.0/current_link_speed': '16.0 GT/s PCIe',
  '/sys/bus/pci/devices/0000:03:00.0/max_link_width': '16',
};

describe('AMD detection', () => {
  it('[5.02] joins what the kernel says in two places, without any tool of AMD', async () => {
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
      memoryTemperatureCelsius: { value: 62, source: 'measured' },
      energyJoules: { value: 7.5, source: 'measured' },
      memoryClockMegahertz: { value: 1_249, source: 'measured' },
      pcieGeneration: { value: 4, source: 'measured' },
      pcieLanesMax: { value: 16, source: 'measured' },
      pcieReplayCount: { value: 3, source: 'measured' },
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

  it('[5.02] takes the table of rocm-smi where its JSON is broken', async () => {
    tools.add(
      'rocm-smi',
      `case "$*" in
         *--csv) echo "WARNING: a card is in a low-power state"
           echo "device,GPU use (%),VRAM Total Memory (B),Card Series,Card Model,Device Rev,Temperature (Sensor memory) (C),mclk clock speed:,pcie clock level"
           echo "card0,7,21458059264,Radeon RX 7900 XT,0x744c,0xcc,62.0,(1249Mhz),1 (16.0GT/s x16)" ;;
         *) echo '{"card0": {"GPU use (%)": "0", WARNING: a card is in a low-power state' ;;
       esac`,
    );
    const amd = detector({});
    const found = await amd.detect(signal);
    expect(found).toMatchObject({ status: 'ok', source: 'rocm-smi' });
    expect(found.devices).toMatchObject([{ modelId: 'rx-7900-xt' }]);
    const { samples } = await amd.sample(signal);
    expect(samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: 7 },
      memoryTemperatureCelsius: { value: 62 },
      memoryClockMegahertz: { value: 1_249 },
      pcieGeneration: { value: 4 },
      pcieLanes: { value: 16 },
    });
  });

  it('finds the card of WSL, of which only the runtime of ROCm tells', async () => {
    tools.add(
      'rocminfo',
      `printf '  Agent 1\n  Name: AMD Ryzen 9\n  Device Type:  CPU\n'
       printf '  Agent 2\n  Name:  gfx1100\n  Uuid:  GPU-XX\n  Marketing Name:  AMD Radeon RX 7900 XTX\n'
       printf '  Device Type:  GPU\n  Chip ID:  29772(0x744c)\n  BDFID:  0\n  Pool Info:\n'
       printf '    Pool 1\n    Segment:  GLOBAL; FLAGS: COARSE GRAINED\n    Size:  25149440(0x17fc000) KB\n'`,
    );
    const amd = detector({ '/sys/class/drm/version': 'drm 1.1.0' });
    const found = await amd.detect(signal);
    expect(found).toMatchObject({ status: 'ok', source: 'rocminfo' });
    expect(found.devices).toMatchObject([
      { id: 'amd-2', modelId: 'rx-7900-xtx', computeCapability: 'gfx1100', pciBusId: null },
    ]);
    expect(await amd.sample(signal)).toMatchObject({ samples: [], problems: [] });
  });

  it('asks amdgpu_top where ROCm is not installed, and offers only what can compute', async () => {
    tools.add(
      'amdgpu_top',
      `echo '[{"DeviceName":"AMD Radeon RX 7900 XTX","PCI":"0000:03:00.0","DeviceID":29772,"RevisionID":200,"GPU Type":"dGPU",
        "gfx_target_version":"gfx1100","VRAM":{"Total VRAM":{"value":24560,"unit":"MiB"},"Total VRAM Usage":{"value":8496,"unit":"MiB"}},
        "Sensors":{"Average Power":{"value":155,"unit":"W"},"Memory Temperature":{"value":75,"unit":"C"},"PCIe Link Speed":{"gen":5,"width":16}},
        "gpu_activity":{"GFX":{"value":100,"unit":"%"}}}]'`,
    );
    expect(await detector({}).detect(signal)).toMatchObject({
      devices: [],
      problems: [{ code: 'compute-driver-missing' }],
    });
    const amd = detector(kfdCard);
    const found = await amd.detect(signal);
    expect(found).toMatchObject({ status: 'ok', source: 'KFD, amdgpu_top' });
    expect(found.devices).toMatchObject([{ id: 'GPU-5c88007d760374f3', modelId: 'rx-7900-xtx' }]);
    const { samples } = await amd.sample(signal);
    expect(samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: 100 },
      powerWatts: { value: 155 },
      memoryTemperatureCelsius: { value: 75 },
      pcieGeneration: { value: 5 },
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
      'rocminfo (not installed)',
      'amdgpu_top (not installed)',
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
