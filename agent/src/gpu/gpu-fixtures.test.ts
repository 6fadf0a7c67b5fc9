import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findModel } from '@node3/shared/gpu/normalise-model';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { mustSkip } from '@node3/shared/testing/resources';
import { describe, expect, it } from 'vitest';
import type { Command, CommandResult, CommandRunner } from './command-runner.ts';
import { NvidiaDetector } from './nvidia/nvidia-detector.ts';
import { sampleOfRow } from './nvidia/nvidia-telemetry.ts';
import { parseSmiList } from './nvidia/parse-smi-list.ts';
import { parseSmiRows } from './nvidia/parse-smi-rows.ts';
import { parseSmiText } from './nvidia/parse-smi-text.ts';
import { parseSmiXml } from './nvidia/parse-smi-xml.ts';
import { readReport } from './nvidia/smi-report.ts';
import { type SmiDocument, type SmiSection, sectionAt, textAt } from './nvidia/smi-section.ts';
import {
  bytesOfMebibytes,
  normalisePciBusId,
  readSmiNumber,
  readSmiText,
  readSmiVersion,
} from './nvidia/smi-value.ts';

/**
 * Recordings of real nvidia-smi runs with the facts each must yield. They belong to other projects
 * and are read in place: NODE3_GPU_FIXTURES names the directory of their `index.json`.
 */
interface ExpectedGpu {
  [fact: string]: unknown;
  model?: string;
  uuid?: string;
  mig_devices?: { total_mib: number; gi: number }[];
  mig?: { profile: string; uuid: string }[];
}

interface Recording {
  file: string;
  command: string;
  exit_code: number;
  expected: {
    gpu_count?: number;
    driver?: string | null;
    cuda_driver_version?: string | null;
    status?: string;
    bad_field?: string;
    sellable_slots?: number;
    gpus?: ExpectedGpu[];
    mig_devices?: { profile: string; uuid: string }[];
  };
}

const directory = process.env['NODE3_GPU_FIXTURES'] ?? '';
const index = join(directory, 'index.json');
const skipped = mustSkip({
  resource: 'gpu-fixtures',
  missing:
    directory !== '' && existsSync(index)
      ? null
      : 'NODE3_GPU_FIXTURES does not name a directory with an index.json',
});
const recordings: Recording[] = skipped
  ? []
  : (JSON.parse(readFileSync(index, 'utf8')) as { fixtures: Recording[] }).fixtures;

function recorded(kind: string): Recording[] {
  return recordings.filter((recording) => dirname(recording.file) === `nvidia/${kind}`);
}

function outputOf(recording: Recording): string {
  return readFileSync(join(directory, recording.file), 'utf8');
}

/** Plays outputs by the first argument; any other run fails as an unknown option does. */
function player(outputs: Record<string, string>): CommandRunner {
  return {
    async run(command: Command): Promise<CommandResult> {
      const key = Object.keys(outputs).find((args) => command.args.join(' ').startsWith(args));
      const stdout = outputs[key ?? ''];
      if (stdout === undefined) {
        return { kind: 'exited', exitCode: 2, stdout: 'Invalid combination', stderr: '' };
      }
      return { kind: 'exited', exitCode: 0, stdout, stderr: '' };
    },
  };
}

function detect(runner: CommandRunner) {
  return new NvidiaDetector({ runner, clock: new ManualClock() }).detect(
    AbortSignal.timeout(10_000),
  );
}

/** Where each fact of the index stands in a report; the first path that exists is read. */
const numberPaths: Record<string, string[]> = {
  vram_mib: ['fb_memory_usage/total'],
  vram_used_mib: ['fb_memory_usage/used'],
  vram_reserved_mib: ['fb_memory_usage/reserved'],
  util_gpu_pct: ['utilization/gpu_util'],
  util_mem_pct: ['utilization/memory_util'],
  temp_c: ['temperature/gpu_temp'],
  fan_pct: ['fan_speed'],
};
const textPaths: Record<string, string[]> = {
  architecture: ['product_architecture'],
  mig_mode: ['mig_mode/current_mig', 'mig_mode/current'],
  pstate: ['performance_state'],
  ecc: ['ecc_mode/current_ecc'],
  compute_mode: ['compute_mode'],
  driver_model: ['driver_model/current'],
  minor_number: ['minor_number'],
};

function checkSection(section: SmiSection, expected: ExpectedGpu): void {
  for (const [fact, wanted] of Object.entries(expected)) {
    const numberPath = numberPaths[fact];
    const textPath = textPaths[fact];
    if (numberPath) expect(readSmiNumber(textAt(section, ...numberPath)), fact).toBe(wanted);
    if (textPath) expect(readSmiText(textAt(section, ...textPath)), fact).toBe(wanted);
  }
  const powerPath = expected['power_source'];
  if (typeof powerPath === 'string') {
    expect(readSmiNumber(textAt(section, powerPath))).toBe(expected['power_w']);
  }
  if (expected['process_count'] !== undefined) {
    const processes = sectionAt(section, ['processes'])?.children ?? [];
    const count = processes.filter((child) => child.name === 'process_info').length;
    expect(count).toBe(expected['process_count']);
  }
}

function checkReport(recording: Recording, document: SmiDocument | null): void {
  const { expected } = recording;
  expect(document?.complete).toBe(true);
  if (document === null) return;
  const report = readReport(document);
  const sections = document.root.children.filter((child) => child.name === 'gpu');
  expect(report.driverVersion).toBe(expected.driver ?? null);
  expect(report.cudaVersion).toBe(readSmiVersion(expected.cuda_driver_version ?? undefined));
  expect(report.gpus).toHaveLength(expected.gpu_count ?? -1);
  for (const [at, wanted] of (expected.gpus ?? []).entries()) {
    const gpu = report.gpus[at];
    const section = sections[at];
    if (gpu === undefined || section === undefined) throw new Error(`no GPU at ${at}`);
    expect(gpu.uuid).toBe(wanted.uuid);
    expect(gpu.name).toBe(wanted.model);
    // The recorded A10 has four uncorrectable errors whose rows wait for a restart.
    expect(gpu.sickness !== null, 'sick').toBe(recording.file.includes('/a10_'));
    if ('vram_mib' in wanted) expect(gpu.memoryMib).toBe(wanted['vram_mib']);
    if ('mig_mode' in wanted) expect(gpu.migEnabled).toBe(wanted['mig_mode'] === 'Enabled');
    if (typeof wanted['id'] === 'string') {
      expect(gpu.pciBusId).toBe(normalisePciBusId(wanted['id']));
      expect(section.id).toBe(wanted['id']);
    }
    const blocks = wanted['mig_device_blocks'] ?? wanted.mig_devices?.length ?? 0;
    expect(gpu.migDevices).toHaveLength(Number(blocks));
    for (const [slot, mig] of (wanted.mig_devices ?? []).entries()) {
      expect(gpu.migDevices[slot]).toMatchObject({
        memoryMib: mig.total_mib,
        gpuInstanceId: mig.gi,
      });
    }
    checkSection(section, wanted);
  }
}

describe.skipIf(skipped)('recorded nvidia-smi outputs', () => {
  it('finds the recordings', () => {
    for (const kind of ['nvidia-smi-xml', 'nvidia-smi-q', 'query-gpu-csv', 'failures']) {
      expect(recorded(kind).length, kind).toBeGreaterThan(9);
    }
  });

  it.each(recorded('nvidia-smi-xml'))('reads $file', async (recording) => {
    checkReport(recording, parseSmiXml(outputOf(recording)));
    const found = await detect(player({ '-q -x': outputOf(recording) }));
    const wanted = recording.expected.gpus ?? [];
    const slices = wanted.filter((gpu) => gpu['mig_mode'] === 'Enabled');
    expect(found.devices.map((device) => device.id)).toEqual(
      wanted.filter((gpu) => !slices.includes(gpu)).map((gpu) => gpu.uuid),
    );
    for (const device of found.devices) {
      const contradicts = recording.file.includes('gtx-1070-ti');
      expect(device.modelId === null, device.model).toBe(contradicts);
    }
  });

  it.each(recorded('nvidia-smi-q'))('reads $file', async (recording) => {
    checkReport(recording, parseSmiText(outputOf(recording)));
    const found = await detect(player({ '-q -x': 'no report', '-q': outputOf(recording) }));
    const partitioned = recording.expected.gpus?.some((gpu) => gpu['mig_mode'] === 'Enabled');
    expect(found.devices).toHaveLength(partitioned ? 0 : (recording.expected.gpu_count ?? -1));
  });

  it.each(recorded('nvidia-smi-version'))('reads $file', (recording) => {
    const document = parseSmiText(outputOf(recording));
    expect(document && readReport(document).driverVersion).toBe(recording.expected.driver);
  });

  it.each(recorded('nvidia-smi-L'))('reads $file', (recording) => {
    const gpus = parseSmiList(outputOf(recording));
    const { expected } = recording;
    expect(gpus).toHaveLength(expected.gpu_count ?? -1);
    expect(gpus.map(({ model, uuid }) => ({ model, uuid }))).toEqual(
      expected.gpus?.map(({ model, uuid }) => ({ model, uuid })),
    );
    const wanted = expected.mig_devices ?? expected.gpus?.flatMap((gpu) => gpu.mig ?? []) ?? [];
    const found = gpus.flatMap((gpu) => gpu.migDevices);
    expect(found.map(({ profile, uuid }) => ({ profile, uuid }))).toEqual(
      wanted.map(({ profile, uuid }) => ({ profile, uuid })),
    );
    if (expected.sellable_slots !== undefined) expect(found).toHaveLength(expected.sellable_slots);
  });

  const rowKinds = [...recorded('query-gpu-csv'), ...recorded('query-gpu-csv-noheader')];
  it.each(rowKinds)('reads $file', (recording) => {
    const fields = /--query-gpu=(\S+)/.exec(recording.command)?.[1]?.split(',') ?? [];
    const { rows, notices } = parseSmiRows(outputOf(recording), fields);
    expect(notices).toEqual([]);
    expect(rows).toHaveLength(recording.expected.gpu_count ?? -1);
    for (const [at, wanted] of (recording.expected.gpus ?? []).entries()) {
      const row = rows[at] ?? {};
      for (const [fact, field] of Object.entries(rowNumbers)) {
        if (fact in wanted) expect(readSmiNumber(row[field]), fact).toBe(wanted[fact]);
      }
      for (const [fact, field] of Object.entries(rowTexts)) {
        if (fact in wanted) expect(readSmiText(row[field]), fact).toBe(wanted[fact]);
      }
      checkSample(row, wanted);
    }
  });

  it.each(recorded('failures'))('explains $file', async (recording) => {
    const stored = JSON.parse(outputOf(recording)) as Record<string, unknown>;
    const result: CommandResult = {
      kind: 'exited',
      exitCode: Number(stored['exit_code']),
      stdout: String(stored['stdout']),
      stderr: String(stored['stderr']),
    };
    const found = await detect({ run: async () => result });
    expect(found.devices).toEqual([]);
    expect(['unavailable', 'error']).toContain(found.status);
    expect(found.problems.map((problem) => problem.code)).toEqual([recording.expected.status]);
  });

  it('sells the slices of a partitioned H100', async () => {
    const mig = (kind: string) =>
      recorded(kind).find((recording) => recording.file.includes('h100-mig'));
    const [text, list] = [mig('nvidia-smi-q'), mig('nvidia-smi-L')];
    if (text === undefined || list === undefined) throw new Error('no recording of MIG');
    const found = await detect(
      player({ '-q -x': 'no report', '-q': outputOf(text), '-L': outputOf(list) }),
    );
    expect(found.devices.map((device) => [device.modelId, device.memoryBytes])).toEqual([
      ['h100-sxm-mig-3g.40gb', bytesOfMebibytes(40448)],
      ['h100-sxm-mig-2g.20gb', bytesOfMebibytes(20096)],
      ['h100-sxm-mig-1g.10gb', bytesOfMebibytes(9984)],
      ['h100-sxm-mig-1g.10gb', bytesOfMebibytes(9984)],
    ]);
  });
});

const rowNumbers: Record<string, string> = {
  index: 'index',
  vram_mib: 'memory.total',
  vram_used_mib: 'memory.used',
  vram_reserved_mib: 'memory.reserved',
  vram_free_mib: 'memory.free',
  util_gpu_pct: 'utilization.gpu',
  util_mem_pct: 'utilization.memory',
  temp_c: 'temperature.gpu',
  power_w: 'power.draw',
  power_limit_w: 'power.limit',
  fan_pct: 'fan.speed',
};

const rowTexts: Record<string, string> = {
  model: 'name',
  uuid: 'uuid',
  pci: 'pci.bus_id',
  driver: 'driver_version',
  compute_cap: 'compute_cap',
  mig_mode: 'mig.mode.current',
  pstate: 'pstate',
  ecc: 'ecc.mode.current',
};

function checkSample(row: Record<string, string>, wanted: ExpectedGpu): void {
  if (wanted.uuid === undefined) return;
  const sample = sampleOfRow(row);
  expect(sample?.uuid).toBe(wanted.uuid);
  expect(sample?.metrics.utilizationPercent).toEqual({
    value: wanted['util_gpu_pct'],
    source: wanted['util_gpu_pct'] === null ? 'unavailable' : 'measured',
  });
  expect(sample?.metrics.memoryUsedBytes.value).toBe(Number(wanted['vram_used_mib']) * 1_048_576);
  expect(sample?.metrics.powerWatts.value).toBe(wanted['power_w']);
}

interface NameVector {
  raw: string;
  id: string | null;
  mib?: number;
  pci?: string;
  family?: boolean;
}

const vectors: NameVector[] = skipped
  ? []
  : (JSON.parse(readFileSync(join(directory, 'normaliser-vectors.json'), 'utf8')) as NameVector[]);

describe.skipIf(skipped)('recorded model names', () => {
  it.each(vectors)('$raw $mib $pci is $id', (vector) => {
    const match = findModel({
      name: vector.raw,
      memoryBytes: bytesOfMebibytes(vector.mib ?? null),
      pciModel: vector.pci ?? null,
    });
    expect(match.modelId).toBe(vector.family ? null : vector.id);
    if (vector.family) expect(match.candidates).toContain(vector.id);
    if (vector.family) expect(match.candidates.length).toBeGreaterThan(1);
  });
});
