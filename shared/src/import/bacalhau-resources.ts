import type { GpuRequirement } from '../job-spec.ts';
import { limits } from '../limits.ts';
import type { ForeignObject } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedSpec, ImportOptions } from './imported-job.ts';
import { readBytesText, readCpuText } from './size-text.ts';

export type Resources = NonNullable<ImportedSpec['resources']>;

/** What is not said is left to the marketplace's defaults. */
export function readResources(
  report: ImportReport,
  task: ForeignObject,
  { gpus: wanted }: ImportOptions,
): Resources {
  const given = task.object('Resources');
  if (given === undefined) return {};
  const cpus = readCpus(report, given);
  const memoryBytes = readSize(report, given, 'Memory', {
    min: limits.memoryBytesMin,
    max: limits.memoryBytesMax,
  });
  const diskBytes = readSize(report, given, 'Disk', {
    min: limits.diskBytesMin,
    max: limits.diskBytesMax,
  });
  const gpus = readGpus(report, given);
  given.close();
  return {
    ...(cpus === null ? {} : { cpus }),
    ...(memoryBytes === null ? {} : { memoryBytes }),
    ...(diskBytes === null ? {} : { diskBytes }),
    ...(gpus === null ? {} : { gpus: wanted ?? gpus }),
  };
}

const cpusMin = 0.1;

function readCpus(report: ImportReport, given: ForeignObject): number | null {
  const text = given.text('CPU');
  if (text === undefined || text === '') return null;
  const cpus = readCpuText(text);
  if (cpus === null || cpus > limits.cpusMax) {
    const detail = `is "${text.slice(0, 40)}", which is no number of cores up to ${limits.cpusMax}`;
    report.refuse(given.at('CPU'), detail, 'Write it as 500m or 4.');
    return null;
  }
  if (cpus >= cpusMin) return cpus;
  report.warn(given.at('CPU'), `is raised to ${cpusMin}, the least`, `Write at least 100m.`);
  return cpusMin;
}

function readSize(
  report: ImportReport,
  given: ForeignObject,
  name: string,
  { min, max }: { min: number; max: number },
): number | null {
  const text = given.text(name);
  if (text === undefined || text === '') return null;
  const bytes = readBytesText(text);
  if (bytes === null || bytes > max) {
    const detail = `is "${text.slice(0, 40)}", which is no size up to ${max} bytes`;
    report.refuse(given.at(name), detail, 'Write it as 512Mb or 2GiB.');
    return null;
  }
  if (bytes >= min) return bytes;
  report.warn(given.at(name), `is raised to ${min} bytes, the least`, 'Write at least as much.');
  return min;
}

function readGpus(report: ImportReport, given: ForeignObject): GpuRequirement | null {
  const text = given.text('GPU')?.trim();
  if (text === undefined || text === '' || text === '0') return null;
  const count = Number(text);
  if (/^\d{1,4}$/.test(text) && count <= limits.gpusPerJob) return { count };
  const detail = `is "${text.slice(0, 40)}"; a job has 1 to ${limits.gpusPerJob} GPUs`;
  report.refuse(given.at('GPU'), detail, 'Write how many, such as "1".');
  return null;
}
