import { readBacalhauJob } from './bacalhau-job.ts';
import { readTask } from './bacalhau-task.ts';
import { checkDocument } from './check-document.ts';
import { ForeignObject } from './foreign-object.ts';
import { ImportReport } from './import-report.ts';
import type { ImportedJob, ImportedSpec, ImportedStep, ImportOptions } from './imported-job.ts';

/**
 * Makes jobs of a Bacalhau v1 job, bare or as the body `{"Job": …}` of its API, and of the older shape
 * whose Engine, Resources, Network and Outputs stand at the top. Each of `Count` copies is a step.
 * Throws IMPORT_REFUSED.
 */
export function importBacalhau(document: unknown, options: ImportOptions = {}): ImportedJob {
  const report = new ImportReport();
  const whole = new ForeignObject(checkDocument(document), '', report, 'any');
  const wrapped = whole.has('Job') ? whole.object('Job') : whole;
  const { head, task } = readBacalhauJob(report, wrapped ?? whole);
  const spec = task === null ? null : readTask(report, task, head, options);
  if (wrapped !== whole) {
    whole.ignore('Force');
    whole.close();
  }
  wrapped?.close();
  if (task !== wrapped) task?.close();
  if (options.market !== undefined) {
    report.refuse('', 'is not for a market of Nosana', 'Name the GPU model instead, with gpu.');
  }
  return report.finish(spec === null ? [] : copiesOf(spec, head.count, options));
}

/** Each copy learns which it is, in Bacalhau's words and in ours. */
function copiesOf(spec: ImportedSpec, count: number, { jobIdOf }: ImportOptions): ImportedStep[] {
  const jobName = spec.name ?? 'job';
  return Array.from({ length: count }, (_, index) => {
    const name = count === 1 ? jobName : `${jobName}-${index}`;
    const place = count === 1 ? {} : { JOB_INDEX: `${index}`, JOB_COUNT: `${count}` };
    const env = {
      ...spec.workload.env,
      ...(jobIdOf === undefined ? {} : { BACALHAU_JOB_ID: jobIdOf(name) }),
      BACALHAU_JOB_TYPE: 'batch',
      BACALHAU_PARTITION_INDEX: `${index}`,
      BACALHAU_PARTITION_COUNT: `${count}`,
      ...place,
    };
    return { name, after: [], spec: { ...spec, workload: { ...spec.workload, env } } };
  });
}
