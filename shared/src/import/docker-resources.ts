import { limits } from '../limits.ts';
import { readDockerGpus } from './docker-gpus.ts';
import type { DockerLine } from './docker-line.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedSpec, ImportOptions } from './imported-job.ts';
import { readCpuText } from './size-text.ts';

type Resources = NonNullable<ImportedSpec['resources']>;
type Reader = (report: ImportReport, value: string, options: ImportOptions) => Resources;

const cpusMin = 0.1;

const readers: Partial<Record<DockerLine['options'][number]['name'], Reader>> = {
  '--gpus'(report, value, { gpus: wanted }) {
    const gpus = readDockerGpus(report, value);
    return gpus === null ? {} : { gpus: wanted ?? gpus };
  },
  '--cpus'(report, value) {
    const cpus = /m$/i.test(value) ? null : readCpuText(value);
    if (cpus !== null && cpus >= cpusMin && cpus <= limits.cpusMax) return { cpus };
    const detail = `is "${value.slice(0, 40)}", which is no number of cores from ${cpusMin} to ${limits.cpusMax}`;
    report.refuse('/--cpus', detail, 'Write it as 0.5 or 4.');
    return {};
  },
  '--memory'(report, value) {
    const bounds = { min: limits.memoryBytesMin, max: limits.memoryBytesMax };
    const memoryBytes = readSize(report, '--memory', value, bounds);
    return memoryBytes === null ? {} : { memoryBytes };
  },
  '--shm-size'(report, value) {
    const shmBytes = readSize(report, '--shm-size', value, { min: 0, max: limits.shmBytesMax });
    return shmBytes === null ? {} : { shmBytes };
  },
  '--platform'(report, value) {
    const arch = archOf(value);
    if (arch !== null) return { arch };
    const detail = `is "${value.slice(0, 40)}", which no agent is`;
    report.refuse('/--platform', detail, 'Write linux/amd64 or linux/arm64.');
    return {};
  },
};

/** The last of several counts, as for docker. */
export function readDockerResources(
  report: ImportReport,
  { options }: DockerLine,
  wishes: ImportOptions,
): Resources {
  let found: Resources = {};
  for (const { name, value } of options) {
    found = { ...found, ...readers[name]?.(report, value, wishes) };
  }
  return found;
}

function archOf(platform: string): 'x64' | 'arm64' | null {
  const [, name] = /^(?:linux\/)?(amd64|x86_64|arm64|aarch64)(?:\/v8)?$/.exec(platform) ?? [];
  if (name === undefined) return null;
  return name === 'amd64' || name === 'x86_64' ? 'x64' : 'arm64';
}

const unitExponents: Record<string, number> = { '': 0, k: 1, m: 2, g: 3, t: 4 };

/** Docker's own units: `2g` is 2 GiB, with or without a b behind it. */
function readSize(
  report: ImportReport,
  name: string,
  text: string,
  { min, max }: { min: number; max: number },
): number | null {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)([kmgt]?)i?b?$/.exec(text.toLowerCase().trim());
  const [, digits, unit = ''] = match ?? [];
  const bytes = Math.round(Number(digits) * 1024 ** (unitExponents[unit] ?? 0));
  if (digits === undefined || bytes > max) {
    const detail = `is "${text.slice(0, 40)}", which is no size up to ${max} bytes`;
    report.refuse(`/${name}`, detail, 'Write it as 512m or 2g.');
    return null;
  }
  if (bytes >= min) return bytes;
  report.warn(`/${name}`, `is raised to ${min} bytes, the least`, 'Write at least as much.');
  return min;
}
