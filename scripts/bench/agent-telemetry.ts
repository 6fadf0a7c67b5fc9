import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { telemetryFields } from '@node3/agent/gpu/nvidia/nvidia-telemetry';
import { memorySettings } from '@node3/agent/memory-settings';
import { createAgentProcess } from '../agent-process.ts';
import { type DevNetwork, startDevNetwork } from '../dev-network.ts';
import type { BenchOptions } from './core.ts';
import { ownCpuMs, residentBytes } from './machine-counters.ts';
import type { Measurement } from './report.ts';

const gpus = 8;
/** The first start compiles; the second one is measured after a minute, as its owner would see it. */
const compileMs = 10_000;
const settleMs = 30_000;
const measuredMs = 30_000;
const mebibyte = 1024 ** 2;

interface AgentSample {
  cpuPercent: number;
  residentMib: number;
  devices: number;
  /** Of the oldest reading of any device; null without one. */
  ageMs: number | null;
}

/** What an agent in a process of its own costs: doing nothing, and reading eight GPUs each second. */
export async function benchAgentTelemetry({ say }: BenchOptions): Promise<Measurement[]> {
  const network = await startDevNetwork({ marketplaceIn: 'child' });
  try {
    say('an agent that waits for work …');
    const idle = await measureAgent(network, 'idle', { SKIP_GPU_CHECK: 'true' });
    say(`an agent that reads ${gpus} GPUs each second …`);
    const tools = writeStub(join(network.folder, 'tools'));
    const { PATH = '' } = process.env;
    const env = { SKIP_GPU_CHECK: 'false', PATH: `${tools}:${PATH}` };
    return toMeasurements(idle, await measureAgent(network, 'measuring', env));
  } finally {
    await network.stop();
  }
}

async function measureAgent(
  network: DevNetwork,
  name: string,
  env: Record<string, string>,
): Promise<AgentSample> {
  const agent = createAgentProcess({
    name,
    dataDir: join(network.folder, name),
    marketplaceUrl: network.marketplaceUrl,
    rpcUrl: network.localnet.rpcUrl,
    // As a service has it.
    env: { ...memorySettings(network.folder), ...env },
  });
  await agent.start();
  await sleep(compileMs);
  await agent.stop();
  const url = await agent.start();
  try {
    await sleep(settleMs);
    const pid = agent.pid() ?? 0;
    const [cpuBefore, startedMs] = [ownCpuMs(pid), performance.now()];
    await sleep(measuredMs);
    const cpuPercent = ((ownCpuMs(pid) - cpuBefore) / (performance.now() - startedMs)) * 100;
    const residentMib = residentBytes(pid) / mebibyte;
    return { cpuPercent, residentMib, ...(await readStatus(url)) };
  } finally {
    await agent.stop();
  }
}

async function readStatus(url: string): Promise<Pick<AgentSample, 'devices' | 'ageMs'>> {
  const reply = await fetch(new URL('/api/v1/local/status', url));
  const status = (await reply.json()) as { devices: unknown[]; samples: { ageMs: number }[] };
  const ages = status.samples.map(({ ageMs }) => ageMs);
  return { devices: status.devices.length, ageMs: ages.length === 0 ? null : Math.max(...ages) };
}

function toMeasurements(idle: AgentSample, busy: AgentSample): Measurement[] {
  const row = (name: string, value: number, max: number, more: Partial<Measurement>) => ({
    name,
    value,
    target: `≤ ${max}`,
    passed: value <= max,
    unit: '% of a core',
    ...more,
  });
  // The collector may read up to five seconds after the tool has measured.
  const measures = busy.devices === gpus && busy.ageMs !== null && busy.ageMs < 7_000;
  return [
    row('idle agent: CPU', idle.cpuPercent, 1, {}),
    row('idle agent: memory', idle.residentMib, 120, { unit: 'MiB' }),
    row(`telemetry of ${gpus} GPUs at 1 Hz: CPU of the agent`, busy.cpuPercent, 3, {
      note: `memory ${busy.residentMib.toFixed(0)} MiB, oldest reading ${busy.ageMs ?? '–'} ms`,
      ...(!measures && { passed: false, note: `only ${busy.devices} devices are measured` }),
    }),
  ];
}

const readings: Record<Exclude<(typeof telemetryFields)[number], 'uuid'>, string> = {
  'utilization.gpu': '42',
  'utilization.memory': '17',
  'memory.used': '6144',
  'memory.free': '137627',
  'temperature.gpu': '61',
  'temperature.memory': '66',
  'power.draw': '180.50',
  'power.limit': '700.00',
  'fan.speed': '[N/A]',
  'clocks.current.sm': '1980',
  'clocks.current.memory': '2619',
  'pcie.link.gen.current': '5',
  'pcie.link.gen.max': '5',
  'pcie.link.width.current': '16',
  'pcie.link.width.max': '16',
  'ecc.errors.uncorrected.volatile.total': '0',
  'clocks_event_reasons.active': '0x4',
  'clocks_throttle_reasons.active': '0x4',
};

/** A stand-in for nvidia-smi with eight cards, which streams as the real one does. */
function writeStub(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const cards = Array.from({ length: gpus }, (_none, at) => ({
    uuid: `GPU-00000000-0000-0000-0000-00000000000${at}`,
    place: `00000000:${String(at + 1).padStart(2, '0')}:00.0`,
  }));
  const report = cards.map(
    ({ uuid, place }) =>
      `<gpu id="${place}"><product_name>NVIDIA H200</product_name><uuid>${uuid}</uuid>` +
      '<fb_memory_usage><total>143771 MiB</total></fb_memory_usage></gpu>',
  );
  const identity = cards.map(
    ({ uuid, place }, at) =>
      `${at}, ${uuid}, NVIDIA H200, ${place}, 0x233510DE, 570.1, 143771, 9.0, Disabled`,
  );
  const telemetry = cards.map(({ uuid }) =>
    telemetryFields.map((field) => (field === 'uuid' ? uuid : readings[field])).join(', '),
  );
  const files = {
    report: `<?xml version="1.0" ?><nvidia_smi_log><driver_version>570.1</driver_version>${report.join('')}</nvidia_smi_log>`,
    identity: `${identity.join('\n')}\n`,
    telemetry: `${telemetry.join('\n')}\n`,
    'nvidia-smi': `#!/bin/sh
case "$*" in
  "-q -x") cat "${folder}/report" ;;
  *--loop-ms*) while cat "${folder}/telemetry"; do sleep 1; done ;;
  *temperature.gpu*) cat "${folder}/telemetry" ;;
  *) cat "${folder}/identity" ;;
esac
`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
  return folder;
}
