import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findModel, modelById } from '@node3/shared/gpu/normalise-model';
import { ManualClock } from '@node3/shared/testing/manual-clock';
import { mustSkip } from '@node3/shared/testing/resources';
import { describe, expect, it } from 'vitest';
import { parseAmdgpuIds } from './amd/parse-amdgpu-ids.ts';
import { bytesOfMebibytes } from './byte-size.ts';
import type { CommandRunner } from './command-runner.ts';
import { NvidiaDetector } from './nvidia/nvidia-detector.ts';
import { amdReaders } from './testing/recordings/amd-readers.ts';
import { nvidiaReaders } from './testing/recordings/nvidia-readers.ts';
import { otherReaders } from './testing/recordings/other-readers.ts';
import {
  type Facts,
  findDifferences,
  isRun,
  loadRecordings,
  type Recording,
} from './testing/recordings/recording.ts';
import { unusedTools } from './testing/recordings/unused-tools.ts';

/**
 * Recordings of what tools printed on real machines, with the facts each must yield. They belong to
 * other projects and are read in place: NODE3_GPU_FIXTURES names the directory of their
 * `index.json`. What reads a recording is decided by its tool and command, never by its name.
 */
const directory = process.env['NODE3_GPU_FIXTURES'] ?? '';

function missing(name: string): boolean {
  const there = directory !== '' && existsSync(join(directory, name));
  const sentence = `NODE3_GPU_FIXTURES does not name a directory with ${name}`;
  return mustSkip({ resource: 'gpu-fixtures', missing: there ? null : sentence });
}

const recordings: Recording[] = missing('index.json') ? [] : loadRecordings(directory);

const readers = [...nvidiaReaders, ...amdReaders, ...otherReaders];
const readerOf = (recording: Recording) => readers.find((reader) => reader.reads(recording));
const unusedOf = (recording: Recording) => unusedTools.find((tool) => tool.covers(recording));
/** What another project made of real output: no output of a tool, but names and sizes of models. */
const isDigest = ({ tool }: Recording) => tool === 'gpustack-runtime detect';

function outputOf(recording: Recording): string {
  return readFileSync(join(directory, recording.file), 'utf8');
}

function countBy(list: readonly Recording[], nameOf: (recording: Recording) => string): string {
  const counts = new Map<string, number>();
  for (const name of list.map(nameOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `  ${count} × ${name}`).join('\n');
}

const read = recordings.filter((recording) => readerOf(recording) !== undefined);
const digests = recordings.filter(isDigest);
const unused = recordings.filter(
  (recording) => !read.includes(recording) && !digests.includes(recording),
);

describe.skipIf(recordings.length === 0)('recordings of GPU tools', () => {
  it('are all read, or named with the reason why not', () => {
    const reasonOf = (recording: Recording) => {
      const tool = unusedOf(recording);
      return tool === undefined ? `NOT HANDLED ${recording.tool}` : `${tool.name}: ${tool.reason}`;
    };
    process.stdout.write(
      `${recordings.length} recordings of GPU tools; ${read.length} are read:\n` +
        `${countBy(read, (recording) => readerOf(recording)?.name ?? '')}\n` +
        `${digests.length} digests are tried on the model names; ${unused.length} are not used:\n` +
        `${countBy(unused, reasonOf)}\n`,
    );
    expect(unused.filter((recording) => unusedOf(recording) === undefined)).toEqual([]);
    expect(read.length).toBeGreaterThan(0);
  });

  it.each(read)('[5.01] [5.02] [5.03] [5.04] $file yields its facts', async (recording) => {
    const found = await readerOf(recording)?.read(outputOf(recording), recording);
    expect(findDifferences(recording.expected, found)).toEqual([]);
  });

  it.each(unused.filter(({ tool }) => tool === 'nvidia-smi'))(
    'detection finds no device in $file',
    async (recording) => {
      const stdout = outputOf(recording);
      const run: CommandRunner['run'] = async () => ({
        kind: 'exited',
        exitCode: 0,
        stdout,
        stderr: '',
      });
      const detector = new NvidiaDetector({ runner: { run }, clock: new ManualClock() });
      const found = await detector.detect(AbortSignal.timeout(10_000));
      expect(found.devices).toEqual([]);
      expect(found.problems.map(({ code }) => code)).toEqual(['output-unreadable']);
    },
  );

  it.each(digests)('models of $file', (recording) => {
    for (const gpu of (recording.expected['gpus'] ?? []) as Facts[]) {
      if (typeof gpu['model'] !== 'string') continue;
      const match = findModel({
        name: gpu['model'],
        memoryBytes: bytesOfMebibytes(gpu['vram_mib'] as number | null),
        pciModel: null,
      });
      const sold = ['nvidia', 'amd', 'intel', 'apple'].includes(recording.vendor);
      expect(match.modelId !== null, gpu['model']).toBe(sold);
      expect(match.memoryMismatch).toBe(false);
    }
  });
});

/** Whole detection, with the report and nothing else: what becomes of each card. */
describe.skipIf(recordings.length === 0)('NVIDIA detection from recorded reports', () => {
  const reports = read.filter(
    (recording) =>
      recording.tool === 'nvidia-smi' && /nvidia-smi -q(?: -x)?$/.test(recording.command),
  );
  it.each(reports.filter((recording) => !isRun(recording)))('of $file', async (recording) => {
    const stdout = outputOf(recording);
    const asked = /nvidia-smi (.*)$/.exec(recording.command)?.[1];
    const run: CommandRunner['run'] = async ({ args }) =>
      args.join(' ') === asked
        ? { kind: 'exited', exitCode: 0, stdout, stderr: '' }
        : {
            kind: 'exited',
            exitCode: asked === '-q' && args[1] === '-x' ? 0 : 2,
            stdout: '',
            stderr: '',
          };
    const detector = new NvidiaDetector({ runner: { run }, clock: new ManualClock() });
    const found = await detector.detect(AbortSignal.timeout(10_000));
    const wanted = (recording.expected['gpus'] ?? []) as Facts[];
    const whole = wanted.filter((gpu) => gpu['mig_mode'] !== 'Enabled');
    const named = whole.filter((gpu) => typeof gpu['uuid'] === 'string');
    expect(found.devices.map(({ id }) => id)).toEqual([...new Set(named.map(({ uuid }) => uuid))]);
    for (const { model, modelId } of found.devices) {
      // A name of the catalogue is without a model only where its memory contradicts it.
      const known = findModel({ name: model, memoryBytes: null, pciModel: null }).modelId !== null;
      const codes = found.problems.map(({ code }) => code);
      if (modelId === null && known) expect(codes, model).toContain('memory-mismatch');
    }
  });
});

interface NameVector {
  raw: string;
  id: string | null;
  mib?: number;
  pci?: string;
  family?: boolean;
}

const vectors: NameVector[] = missing('normaliser-vectors.json')
  ? []
  : (JSON.parse(readFileSync(join(directory, 'normaliser-vectors.json'), 'utf8')) as NameVector[]);

describe.skipIf(vectors.length === 0)('recorded model names', () => {
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

  it("agree with AMD's own list of names", () => {
    const recording = recordings.find(({ tool }) => tool === 'libdrm');
    const names = parseAmdgpuIds(recording === undefined ? '' : outputOf(recording));
    for (const [pciModel, name] of names) {
      const byPci = findModel({ name: '', memoryBytes: null, pciModel });
      const byName = findModel({ name, memoryBytes: null, pciModel: null });
      if (byPci.modelId === null || byName.modelId === null) continue;
      expect(modelById(byName.modelId)?.id, `${pciModel} ${name}`).toBe(byPci.modelId);
    }
  });
});
