import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandRunner, createCommandRunner } from '../command-runner.ts';
import { smiRow } from '../testing/smi-row.ts';
import { createStubTools, type StubTools } from '../testing/stub-tool.ts';
import { NvidiaDetector } from './nvidia-detector.ts';

const mebibyte = 1_048_576;
const signal = new AbortController().signal;
const uuids = {
  rtx: 'GPU-aaaaaaaa-1111-2222-3333-444444444444',
  a100: 'GPU-bbbbbbbb-1111-2222-3333-444444444444',
};

interface ReportCard {
  uuid: string;
  name: string;
  mib: string;
  extra?: string;
}

function report(...cards: ReportCard[]): string {
  const gpus = cards.map(
    (card, at) => `<gpu id="00000000:0${at + 1}:00.0">
      <product_name>${card.name}</product_name><uuid>${card.uuid}</uuid>
      ${card.extra ?? ''}
      <fb_memory_usage><total>${card.mib}</total></fb_memory_usage>
      <compute_mode>Default</compute_mode>
    </gpu>`,
  );
  return `<?xml version="1.0" ?><nvidia_smi_log><driver_version>560.35.03</driver_version>
    <cuda_version>12.6</cuda_version>${gpus.join('\n')}</nvidia_smi_log>`;
}

const rtxCard = { uuid: uuids.rtx, name: 'NVIDIA GeForce RTX 4090', mib: '24564 MiB' };
const rtxRow = `1, ${uuids.rtx}, NVIDIA GeForce RTX 4090, 00000000:41:00.0, 0x268410DE, 560.35.03, 24564, 8.9, [N/A]`;
const a100Row = `0, ${uuids.a100}, NVIDIA A100-SXM4-40GB, 00000000:01:00.0, 0x20B010DE, 560.35.03, 40960, 8.0, Enabled`;

let tools: StubTools;
beforeEach(() => {
  tools = createStubTools();
});
afterEach(() => tools.remove());

function detector(): NvidiaDetector {
  const runner = createCommandRunner({ environment: tools.environment });
  return new NvidiaDetector({ runner, clock: new ManualClock(), telemetry: 'query' });
}

/** A stub nvidia-smi that answers each kind of question with a file. */
function install(answers: { report: string; rows: string; list?: string }): void {
  for (const [name, text] of Object.entries(answers)) {
    writeFileSync(join(tools.directory, name), text);
  }
  tools.add(
    'nvidia-smi',
    `case "$*" in
       "-q -x") cat ${tools.directory}/report ;;
       -L) cat ${tools.directory}/list ;;
       --query-gpu*) cat ${tools.directory}/rows ;;
       *) echo "Invalid combination of input arguments"; exit 2 ;;
     esac`,
  );
}

describe('NVIDIA detection', () => {
  it('[5.01] joins the report with the query by UUID', async () => {
    install({ report: report(rtxCard), rows: rtxRow });
    const found = await detector().detect(signal);
    expect(found.status).toBe('ok');
    expect(found.devices).toEqual([
      {
        id: uuids.rtx,
        parentId: null,
        vendor: 'nvidia',
        model: 'NVIDIA GeForce RTX 4090',
        modelId: 'rtx-4090',
        memoryBytes: 24564 * mebibyte,
        memoryUnified: false,
        computeCapability: '8.9',
        framework: 'cuda',
        frameworkVersion: '12.6',
        driverVersion: '560.35.03',
        pciBusId: '0000:41:00.0',
        simulated: false,
        index: 1,
        health: { state: 'ok', reason: null },
      },
    ]);
  });

  it('is unavailable, without an error, where there is no nvidia-smi', async () => {
    const found = await detector().detect(signal);
    expect(found).toMatchObject({ status: 'unavailable', devices: [] });
    expect(found.problems).toMatchObject([{ code: 'tool-missing' }]);
    const sampled = await detector().sample(signal);
    expect(sampled).toMatchObject({ samples: [], problems: [{ code: 'tool-missing' }] });
  });

  it('asks a tool that hangs only once', async () => {
    const commands: string[] = [];
    const runner: CommandRunner = {
      async run(command) {
        commands.push(command.args.join(' '));
        return { kind: 'timed-out', timeoutMs: command.timeoutMs };
      },
    };
    const nvidia = new NvidiaDetector({ runner, clock: new ManualClock() });
    const found = await nvidia.detect(signal);
    expect(found).toMatchObject({ status: 'error', problems: [{ code: 'tool-timeout' }] });
    expect(commands).toEqual(['-q -x']);
  });

  it('tells an installed driver without a card from a fault', async () => {
    tools.add('nvidia-smi', 'echo "No devices were found"; exit 6');
    const found = await detector().detect(signal);
    expect(found).toMatchObject({ status: 'unavailable', problems: [{ code: 'no-devices' }] });
  });

  it('explains an exit code whose message it does not know', async () => {
    tools.add('nvidia-smi', 'echo "Etwas ging schief"; exit 18');
    const found = await detector().detect(signal);
    expect(found).toMatchObject({ status: 'error', devices: [] });
    expect(found.problems).toMatchObject([{ code: 'driver-library-mismatch' }]);
  });

  it('sells the slices of a partitioned card, and never the card', async () => {
    const slice = (index: number, instance: number, mib: number) =>
      `<mig_device><index>${index}</index><gpu_instance_id>${instance}</gpu_instance_id>
       <fb_memory_usage><total>${mib} MiB</total></fb_memory_usage></mig_device>`;
    const extra = `<mig_mode><current_mig>Enabled</current_mig></mig_mode>
      <mig_devices>${slice(0, 1, 19968)}${slice(1, 2, 9856)}${slice(2, 2, 9856)}</mig_devices>`;
    install({
      report: report({ uuid: uuids.a100, name: 'NVIDIA A100-SXM4-40GB', mib: '40960 MiB', extra }),
      rows: a100Row,
      list: `GPU 0: NVIDIA A100-SXM4-40GB (UUID: ${uuids.a100})
  MIG 3g.20gb     Device  0: (UUID: MIG-11111111-0000-0000-0000-000000000000)
  MIG 1c.2g.10gb  Device  1: (UUID: MIG-22222222-0000-0000-0000-000000000000)
  MIG 1c.2g.10gb  Device  2: (UUID: MIG-33333333-0000-0000-0000-000000000000)`,
    });
    const nvidia = detector();
    const found = await nvidia.detect(signal);
    expect(found.status).toBe('ok');
    expect(found.devices.map((device) => [device.modelId, device.memoryBytes])).toEqual([
      ['a100-40gb-sxm-mig-3g.20gb', 19968 * mebibyte],
      ['a100-40gb-sxm-mig-1c.2g.10gb', 4928 * mebibyte],
      ['a100-40gb-sxm-mig-1c.2g.10gb', 4928 * mebibyte],
    ]);
    expect(new Set(found.devices.map((device) => device.parentId))).toEqual(new Set([uuids.a100]));
    writeFileSync(
      join(tools.directory, 'rows'),
      smiRow({
        uuid: uuids.a100,
        'temperature.gpu': 41,
        'temperature.memory': 39,
        'power.draw': '67.03',
        'pcie.link.width.current': 16,
      }),
    );
    const { samples } = await nvidia.sample(signal);
    expect(samples).toHaveLength(4);
    const last = samples.find((sample) => sample.uuid.startsWith('MIG-3333'));
    expect(last?.metrics).toMatchObject({
      temperatureCelsius: { value: 41 },
      memoryTemperatureCelsius: { value: 39 },
      pcieLanes: { value: 16 },
      powerWatts: { value: null, source: 'unavailable' },
    });
  });

  it('offers nothing of a card with MIG on and no slices, and says why', async () => {
    install({ report: report(), rows: a100Row, list: `GPU 0: A100 (UUID: ${uuids.a100})` });
    const found = await detector().detect(signal);
    expect(found.devices).toEqual([]);
    expect(found.problems).toMatchObject([{ code: 'mig-without-devices' }]);
  });

  it('keeps the good cards when one does not answer', async () => {
    const notice = 'Unable to determine the device handle for GPU1: 0000:34:00.0: Unknown Error';
    install({ report: `${notice}\n${report(rtxCard)}`, rows: `${notice}\n${rtxRow}` });
    const found = await detector().detect(signal);
    expect(found.status).toBe('partial');
    expect(found.devices.map((device) => device.id)).toEqual([uuids.rtx]);
    expect(found.problems[0]).toMatchObject({ code: 'gpu-handle-error' });
  });

  it('says that a card of the report is in no row, and offers nothing of it', async () => {
    install({ report: report(rtxCard, { ...rtxCard, uuid: uuids.a100 }), rows: rtxRow });
    const found = await detector().detect(signal);
    expect(found.devices.map((device) => device.id)).toEqual([uuids.rtx]);
    expect(found).toMatchObject({ status: 'partial', problems: [{ code: 'gpu-unconfirmed' }] });
  });

  it('takes nothing of the line in which a failing run broke off', async () => {
    const text = `GPU 00000000:01:00.0\n    Product Name : NVIDIA L4\n    GPU UUID : ${uuids.rtx.slice(0, 12)}`;
    tools.add('nvidia-smi', `printf '${text.replaceAll('\n', '\\n')}'; exit 255`);
    const found = await detector().detect(signal);
    expect(found.devices).toEqual([]);
    expect(found.status).not.toBe('ok');
  });

  it.each([
    ['[GPU is lost]', 'The driver has lost contact with this GPU; restart the machine.'],
    ['[GPU requires reset]', 'The driver asks for a reset of this GPU.'],
  ])('marks a card sick that reads %s', async (cell, reason) => {
    install({ report: report({ ...rtxCard, mib: cell }), rows: rtxRow.replace('24564', cell) });
    const found = await detector().detect(signal);
    expect(found.devices[0]?.health).toEqual({ state: 'sick', reason });
    expect(found.devices[0]?.memoryBytes).toBeNull();
  });

  it('reads a report that was cut off as partial', async () => {
    const whole = report(rtxCard, { ...rtxCard, uuid: uuids.a100 });
    install({ report: whole.slice(0, whole.lastIndexOf('<fb_memory')), rows: rtxRow });
    const found = await detector().detect(signal);
    expect(found.status).toBe('partial');
    expect(found.problems).toMatchObject([
      { code: 'output-truncated' },
      { code: 'gpu-unconfirmed' },
    ]);
    expect(found.devices.map((device) => device.id)).toEqual([uuids.rtx]);
  });

  it('trusts no card that a process name wrote into the report', async () => {
    const extra = `<processes><process_info><process_name></process_name></process_info></processes>
      </gpu><gpu id="x"><product_name>NVIDIA H200</product_name><uuid>GPU-fake</uuid>`;
    install({ report: report({ ...rtxCard, extra }), rows: rtxRow });
    const found = await detector().detect(signal);
    expect(found.devices.map((device) => device.id)).toEqual([uuids.rtx]);
  });

  it('names no model whose memory contradicts the name', async () => {
    install({
      report: report({ ...rtxCard, mib: '6144 MiB' }),
      rows: rtxRow.replace('24564', '6144'),
    });
    const found = await detector().detect(signal);
    expect(found.devices[0]).toMatchObject({ modelId: null, memoryBytes: 6144 * mebibyte });
    expect(found.problems).toMatchObject([{ code: 'memory-mismatch' }]);
  });

  it('knows unified memory from missing memory', async () => {
    install({
      report: report({ uuid: uuids.rtx, name: 'NVIDIA GB10', mib: 'Not Supported' }),
      rows: rtxRow.replace('NVIDIA GeForce RTX 4090', 'NVIDIA GB10').replace('24564', '[N/A]'),
    });
    const found = await detector().detect(signal);
    expect(found.devices[0]).toMatchObject({
      modelId: 'gb10',
      memoryBytes: null,
      memoryUnified: true,
    });
  });
});

describe('NVIDIA telemetry', () => {
  it('knows which processes hold a card', async () => {
    tools.add(
      'nvidia-smi',
      `echo "${uuids.a100}, 12, /opt/a, b, 500"; echo "${uuids.rtx}, 4711, [Not Found], [N/A]"`,
    );
    expect(await detector().holders(uuids.rtx, signal)).toEqual([4711]);
    expect(await detector().processes(signal)).toEqual([
      { deviceId: uuids.a100, pid: 12, name: '/opt/a, b', memoryBytes: 500 * 1024 ** 2 },
      { deviceId: uuids.rtx, pid: 4711, name: null, memoryBytes: null },
    ]);
  });

  it('does not take a tool that fails for one that finds no process', async () => {
    tools.add('nvidia-smi', 'echo "No devices were found"; exit 6');
    expect(await detector().processes(signal)).toBeNull();
    tools.add('nvidia-smi', 'exit 0');
    expect(await detector().processes(signal)).toEqual([]);
  });

  it('streams, and never has two calls of the tool at once', async () => {
    install({
      report: report(rtxCard),
      rows: smiRow({ uuid: uuids.rtx, 'utilization.gpu': 0, 'power.draw': 20 }),
    });
    let [running, most, streams] = [0, 0, 0];
    const real = createCommandRunner({ environment: tools.environment });
    const runner: CommandRunner = {
      async run(command, stop) {
        running += 1;
        most = Math.max(most, running);
        if (command.stream !== undefined) streams += 1;
        return real.run(command, stop).finally(() => {
          running -= 1;
        });
      },
    };
    tools.add(
      'nvidia-smi',
      `case "$*" in *--loop-ms*) while cat ${tools.directory}/rows; do echo; sleep 0.05; done ;;
         "-q -x") cat ${tools.directory}/report ;; *) cat ${tools.directory}/rows ;; esac`,
    );
    const nvidia = new NvidiaDetector({ runner, clock: new ManualClock() });
    const sampled = async () => (await nvidia.sample(signal)).samples.length;
    expect(await sampled()).toBe(1);
    await expect.poll(sampled).toBe(1);
    await Promise.all([nvidia.detect(signal), nvidia.sample(signal), nvidia.detect(signal)]);
    expect(await nvidia.holders(uuids.rtx, signal)).toEqual([0]);
    await sampled();
    await nvidia.close();
    expect({ running, most }).toEqual({ running: 0, most: 1 });
    expect(streams).toBeGreaterThan(1);
  });

  it('tells the link, the memory and the replays of the last report', async () => {
    const extra = '<pci><replay_counter>3</replay_counter><rx_util>627 KB/s</rx_util></pci>';
    const cells = {
      uuid: uuids.rtx,
      'temperature.memory': 57,
      'clocks.current.memory': 10_501,
      'pcie.link.gen.current': 1,
      'pcie.link.gen.max': 4,
      'pcie.link.width.max': 16,
    };
    install({ report: report({ ...rtxCard, extra }), rows: rtxRow });
    const nvidia = detector();
    await nvidia.detect(signal);
    writeFileSync(join(tools.directory, 'rows'), smiRow(cells));
    const { samples } = await nvidia.sample(signal);
    expect(samples[0]?.metrics).toMatchObject({
      memoryTemperatureCelsius: { value: 57, source: 'measured' },
      memoryClockMegahertz: { value: 10_501, source: 'measured' },
      pcieGeneration: { value: 1, source: 'measured' },
      pcieGenerationMax: { value: 4, source: 'measured' },
      pcieLanes: { value: null, source: 'unavailable' },
      pcieLanesMax: { value: 16, source: 'measured' },
      pcieReplayCount: { value: 3, source: 'measured' },
      pcieReceiveBytesPerSecond: { value: 627_000, source: 'measured' },
      energyJoules: { value: null, source: 'unavailable' },
    });
  });

  it('asks tegrastats about the GPU of a Jetson board', async () => {
    install({
      report: report({ uuid: uuids.rtx, name: 'Orin (nvgpu)', mib: 'Not Supported' }),
      rows: rtxRow.replace('NVIDIA GeForce RTX 4090', 'Orin (nvgpu)').replace('24564', '[N/A]'),
    });
    tools.add('tegrastats', 'echo "RAM 4300/30698MB GR3D_FREQ 45% tj@52.4C"; exec sleep 600');
    const nvidia = detector();
    await nvidia.detect(signal);
    writeFileSync(join(tools.directory, 'rows'), smiRow({ uuid: uuids.rtx }));
    const { samples } = await nvidia.sample(signal);
    expect(samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: 45, source: 'measured' },
      memoryUsedBytes: { value: 4300 * mebibyte, source: 'measured' },
      temperatureCelsius: { value: 52.4, source: 'measured' },
      powerWatts: { value: null, source: 'unavailable' },
    });
  });

  it('drops a field the driver does not know, and asks for it once only', async () => {
    tools.add(
      'nvidia-smi',
      `echo "$*" >>${tools.directory}/calls
       case "$*" in
         *fan.speed*) echo 'Field "fan.speed" is not a valid field to query.'; exit 2 ;;
         *) echo "${smiRow({ uuid: uuids.rtx, 'utilization.gpu': 0, 'memory.used': 0, 'power.draw': '20.00' }, ['fan.speed'])}" ;;
       esac`,
    );
    const nvidia = detector();
    await nvidia.sample(signal);
    const { samples, problems } = await nvidia.sample(signal);
    expect(problems).toEqual([]);
    expect(samples[0]?.metrics).toMatchObject({
      utilizationPercent: { value: 0, source: 'measured' },
      memoryUsedBytes: { value: 0, source: 'measured' },
      fanPercent: { value: null, source: 'unavailable' },
      powerWatts: { value: 20, source: 'measured' },
      eccUncorrectedCount: { value: null, source: 'unavailable' },
    });
    const calls = readFileSync(join(tools.directory, 'calls'), 'utf8').trim().split('\n');
    expect(calls.map((call) => call.includes('fan.speed'))).toEqual([true, false, false]);
  });
});
