import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCommandRunner } from '../command-runner.ts';
import { createStubTools, type StubTools } from '../testing/stub-tool.ts';
import { AppleDetector } from './apple-detector.ts';

const signal = new AbortController().signal;
let tools: StubTools;
beforeEach(() => {
  tools = createStubTools();
});
afterEach(() => tools.remove());

function detector(): AppleDetector {
  const runner = createCommandRunner({ environment: tools.environment });
  return new AppleDetector({ runner, clock: new ManualClock() });
}

const platformUuid = '01234567-89AB-CDEF-0123-456789ABCDEF';

function install(gpus: string): void {
  tools.add('system_profiler', `echo '{"SPDisplaysDataType":[${gpus}]}'`);
  tools.add(
    'ioreg',
    `case "$*" in
       *IOPlatformExpertDevice*) echo '  "IOPlatformUUID" = "${platformUuid}"' ;;
       *) echo '+-o AGX  <class AGX>'
          echo '  "PerformanceStatistics" = {"In use system memory (driver)"=7,"In use system memory"=568164352,"Device Utilization %"=0}' ;;
     esac`,
  );
}

const chip =
  '{"_name":"kHW_AppleM3ProItem","sppci_cores":"14","spdisplays_vendor":"sppci_vendor_Apple","spdisplays_mtlgpufamilysupport":"spdisplays_metal3"}';

describe('Apple detection', () => {
  it('[5.03] knows the chip, and keeps the serial-like UUID of the machine to itself', async () => {
    install(chip);
    const apple = detector();
    const found = await apple.detect(signal);
    expect(found).toMatchObject({ status: 'ok', problems: [] });
    expect(found.devices).toMatchObject([
      { modelId: 'm3-pro', memoryUnified: true, memoryBytes: null, frameworkVersion: '3' },
    ]);
    expect(found.devices[0]?.id).toMatch(/^apple-[0-9a-f]{32}-0$/);
    expect(JSON.stringify(found)).not.toContain(platformUuid);
    const { samples } = await apple.sample(signal);
    expect(samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: 0, source: 'measured' },
      memoryUsedBytes: { value: 568_164_352, source: 'measured' },
      powerWatts: { value: null, source: 'unavailable' },
    });
  });

  it('adds power and temperature where macmon is installed', async () => {
    install(chip);
    tools.add(
      'macmon',
      `echo '{"gpu_power":1.5,"gpu_usage":[503,0.25],"temp":{"gpu_temp_avg":41.5}}'`,
    );
    const apple = detector();
    await apple.detect(signal);
    const { samples } = await apple.sample(signal);
    expect(samples[0]?.metrics).toMatchObject({
      powerWatts: { value: 1.5, source: 'measured' },
      temperatureCelsius: { value: 41.5, source: 'measured' },
    });
  });

  it('asks powermetrics for power where macmon is not installed and the agent is root', async () => {
    install(chip);
    tools.add(
      'powermetrics',
      `echo "GPU HW active frequency: 720 MHz"
       echo "GPU HW active residency:  42.31% (444 MHz:   1.20%)"
       echo "GPU Power: 1234 mW"`,
    );
    const apple = detector();
    expect(await apple.detect(signal)).toMatchObject({
      source: 'system_profiler, ioreg, powermetrics',
    });
    const { samples } = await apple.sample(signal);
    expect(samples[0]?.metrics).toMatchObject({
      powerWatts: { value: 1.234, source: 'measured' },
      smClockMegahertz: { value: 720, source: 'measured' },
      utilizationPercent: { value: 0, source: 'measured' },
    });
  });

  it('leaves powermetrics alone where it refuses whoever is not root', async () => {
    install(chip);
    tools.add('powermetrics', 'echo "powermetrics must be invoked as the superuser"; exit 1');
    const apple = detector();
    expect(await apple.detect(signal)).toMatchObject({ source: 'system_profiler, ioreg' });
    const { samples } = await apple.sample(signal);
    expect(samples[0]?.metrics.powerWatts.value).toBeNull();
  });

  it('reads the text of system_profiler where its JSON is broken', async () => {
    install(chip);
    tools.add(
      'system_profiler',
      `case "$*" in *-json) echo '{ "SPDisplaysDataType" : [' ;; *)
         printf 'Graphics/Displays:\n\n    Apple M3:\n\n      Chipset Model: Apple M3\n      Vendor: Apple (0x106b)\n'
         printf '      Metal Support: Metal 3\n      Displays:\n        Color LCD:\n          Main Display: Yes\n' ;;
       esac`,
    );
    const found = await detector().detect(signal);
    expect(found).toMatchObject({ status: 'ok', problems: [] });
    expect(found.devices).toMatchObject([{ modelId: 'm3', frameworkVersion: '3' }]);
  });

  it.each([
    ['{"_name":"Apple Paravirtual device","spdisplays_vendor":"sppci_vendor_Apple"}', /virtual/],
    ['{"sppci_model":"Intel Iris Pro","spdisplays_vram_shared":"1536 MB"}', /Intel Mac/],
  ])('does not offer %s', async (gpu, reason) => {
    install(gpu);
    const found = await detector().detect(signal);
    expect(found).toMatchObject({ status: 'unavailable', devices: [] });
    expect(found.problems[0]?.sentence).toMatch(reason);
  });

  it('calls a report that is none an error', async () => {
    tools.add('system_profiler', 'echo "Killed"');
    const found = await detector().detect(signal);
    expect(found).toMatchObject({ status: 'error', problems: [{ code: 'output-unreadable' }] });
  });
});
