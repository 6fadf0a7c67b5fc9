import type { JobInput } from '../job-files.ts';
import { limits } from '../limits.ts';
import { readSource } from './bacalhau-sources.ts';
import type { ForeignObject } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedSpec } from './imported-job.ts';
import { checkInputList, isFew, outputPath, outputPlaceFix } from './workload-parts.ts';

export function readInputs(report: ImportReport, task: ForeignObject): JobInput[] {
  const given = task.objects('InputSources');
  if (!isFew([report, task.at('InputSources')], given)) return [];
  const inputs = given.flatMap((input): JobInput[] => {
    const source = input.object('Source');
    const target = input.text('Target');
    input.ignore('Alias');
    input.close();
    if (source === undefined || target === undefined) {
      report.refuse(input.pointer, 'must have Source and Target', 'Write both.');
      return [];
    }
    const read = readSource(report, source, { target, pointer: input.at('Target') });
    return read === null ? [] : [read];
  });
  checkInputList([report, task.at('InputSources')], inputs);
  return inputs;
}

/** Without ResultPaths all of /output is kept, as it is of any job. */
export function readOutputs(
  report: ImportReport,
  task: ForeignObject,
): Pick<ImportedSpec, 'outputs'> {
  readPublisher(report, task);
  const name = task.has('Outputs') ? 'Outputs' : 'ResultPaths';
  const given = task.objects(name);
  const paths = new Set<string>();
  for (const result of given) {
    const path = result.text('Path');
    result.ignore('Name');
    result.close();
    const below = path === undefined ? null : outputPath(path);
    if (below !== null) paths.add(below);
    else {
      const detail = 'is no folder that a job can write to and that is kept';
      report.refuse(result.at('Path'), detail, outputPlaceFix);
    }
  }
  if (paths.size > limits.outputsPerJob) {
    const detail = `are more than ${limits.outputsPerJob}`;
    report.refuse(task.at(name), detail, 'Name the folder that they are in.');
  }
  if (paths.size === 0 || paths.has('')) return {};
  // Theirs is a folder that is there from the beginning, and may stay empty.
  return { outputs: [...paths].map((path) => ({ path, required: false })) };
}

function readPublisher(report: ImportReport, task: ForeignObject): void {
  const publisher = task.object('Publisher');
  if (publisher === undefined) return;
  const type = publisher.text('Type')?.toLowerCase() ?? '';
  publisher.ignore('Params');
  publisher.close();
  if (type === '' || type === 'noop') return;
  const message = `is ${type.slice(0, 40)}: the marketplace keeps the files of the job itself, and sends them nowhere`;
  report.warn(task.at('Publisher'), message, 'Fetch them with: node3 job download JOB.');
}
