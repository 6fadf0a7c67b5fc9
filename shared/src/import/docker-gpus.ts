import type { GpuRequirement } from '../job-spec.ts';
import { limits } from '../limits.ts';
import type { ImportReport } from './import-report.ts';

const pointer = '/--gpus';

/** `all`, `2`, `device=0,1` or `count=2,driver=nvidia`, as docker reads them; null where it asks for none. */
export function readDockerGpus(report: ImportReport, text: string): GpuRequirement | null {
  if (text === 'all' || text === '-1') return all(report);
  if (/^\d{1,4}$/.test(text)) return counted(report, Number(text));
  const fields = fieldsOf(text);
  if (fields === null) return refuse(report, text);
  let found: GpuRequirement | null = null;
  for (const [name, value] of fields) {
    if (name === 'count') found = value === 'all' ? all(report) : counted(report, Number(value));
    else if (name === 'device') found = devices(report, value);
    else if (name !== 'capabilities' && (name !== 'driver' || value !== 'nvidia')) {
      return refuse(report, text);
    }
  }
  return found ?? counted(report, 1);
}

function all(report: ImportReport): GpuRequirement {
  const message = 'asks for all GPUs of a machine, and gets one';
  report.warn(pointer, message, 'Say how many it needs, such as --gpus 2.');
  return { count: 1, vendor: 'nvidia' };
}

function counted(report: ImportReport, count: number): GpuRequirement | null {
  if (count === 0) return null;
  if (count <= limits.gpusPerJob) return { count, vendor: 'nvidia' };
  const detail = `asks for ${count} GPUs; a job has 1 to ${limits.gpusPerJob}`;
  report.refuse(pointer, detail, 'Ask for fewer.');
  return null;
}

function devices(report: ImportReport, value: string): GpuRequirement | null {
  const count = value.split(',').length;
  const message = `names ${count} of the GPUs of your machine, and gets as many of another one`;
  report.warn(pointer, message, 'Nothing: the program sees them as 0, 1 and so on.');
  return counted(report, count);
}

/** Fields with commas between them; one with commas in it stands in double quotes. */
function fieldsOf(text: string): [name: string, value: string][] | null {
  const fields = text.match(/"[^"]*"|[^,"]+/g) ?? [];
  if (fields.join(',') !== text) return null;
  const pairs = fields.map((field) => /^"?([a-z]+)=([^"]+)"?$/.exec(field));
  const isNumber = (value = '') => value === 'all' || /^\d{1,4}$/.test(value);
  if (pairs.some((pair) => pair === null || (pair[1] === 'count' && !isNumber(pair[2])))) {
    return plainDevices(text);
  }
  return pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']);
}

/** Without quotes, as it is mostly written. */
function plainDevices(text: string): [name: string, value: string][] | null {
  const list = /^device=([\w.-]+(?:,[\w.-]+)*)$/.exec(text)?.[1];
  return list === undefined ? null : [['device', list]];
}

function refuse(report: ImportReport, text: string): null {
  const detail = `is "${text.slice(0, 40)}", which says not how many GPUs`;
  report.refuse(pointer, detail, 'Write --gpus all, --gpus 2 or --gpus device=0,1.');
  return null;
}
