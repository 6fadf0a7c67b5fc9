import type { Priority } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { type ForeignObject, pointerTo } from './foreign-object.ts';
import { importLimits } from './import-limits.ts';
import type { ImportReport } from './import-report.ts';

/** What a Bacalhau job says above its task. */
export interface BacalhauHead {
  name: string | null;
  labels: Record<string, string>;
  priority: Priority;
  count: number;
  constraints: ForeignObject[];
}

/** Reads the job; its task is the job itself in the older shape, and null where there is none to read. */
export function readBacalhauJob(
  report: ImportReport,
  job: ForeignObject,
): { head: BacalhauHead; task: ForeignObject | null } {
  const head = {
    name: readName(report, job),
    labels: readLabels(report, job),
    priority: readPriority(report, job),
    count: readCount(report, job),
    constraints: job.objects('Constraints'),
  };
  readType(report, job);
  for (const field of serverFields) {
    if (!job.has(field)) continue;
    job.ignore(field);
    const fix = 'Nothing: the job gets its own here.';
    report.warn(job.at(field), 'is what a server says of a job, and is left out', fix);
  }
  return { head, task: readTasks(report, job) };
}

const serverFields = [
  'ID',
  'State',
  'Version',
  'Revision',
  'CreateTime',
  'ModifyTime',
  'APIVersion',
];

function readTasks(report: ImportReport, job: ForeignObject): ForeignObject | null {
  if (!job.has('Tasks') && job.has('Engine')) return job;
  const tasks = job.objects('Tasks');
  if (tasks.length === 1) return tasks[0] ?? null;
  const detail = `must have one task, and has ${tasks.length}`;
  report.refuse(job.at('Tasks'), detail, 'Write one job for each task.');
  return null;
}

function readName(report: ImportReport, job: ForeignObject): string | null {
  const name = job.text('Name');
  if (name === undefined || name === '') return null;
  if (name.length <= nameChars) return name;
  report.refuse(job.at('Name'), `is longer than ${nameChars} characters`, 'Shorten it.');
  return null;
}

/** A job's own name has 128; a copy's has its number behind. */
export const nameChars = 120;

function readType(report: ImportReport, job: ForeignObject): void {
  const type = job.text('Type')?.toLowerCase();
  if (type === undefined || type === '') {
    if (!job.has('Tasks')) return;
    report.warn(job.at('Type'), 'is not said, and taken as batch', 'Write "Type": "batch".');
  } else if (type === 'ops' || type === 'daemon') {
    const detail = `is ${type}: it would run on every node, and who provides them is not for one job to say`;
    const fix = 'Write "Type": "batch", with a Count for several copies.';
    report.refuse(job.at('Type'), detail, fix);
  } else if (type !== 'batch') {
    const detail = 'must be batch: every job here ends, after a day at the latest';
    report.refuse(job.at('Type'), detail, 'Write "Type": "batch", and let the program end.');
  }
}

function readCount(report: ImportReport, job: ForeignObject): number {
  const count = job.number('Count') ?? 1;
  const most = importLimits.jobsPerImport;
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  const detail =
    count === 0 ? 'is 0, which stops a job' : `must be a whole number from 1 to ${most}`;
  const fix = count === 0 ? 'Cancel the job instead.' : 'Split the work into several jobs.';
  report.refuse(job.at('Count'), detail, fix);
  return 1;
}

/** Theirs is any whole number; from 0 to 100 it becomes one of our four words. */
function readPriority(report: ImportReport, job: ForeignObject): Priority {
  const given = job.number('Priority') ?? 0;
  const priority = Math.min(Math.max(given, 0), 100);
  if (priority !== given) {
    const message = `is ${given}, and taken as ${priority}`;
    report.warn(job.at('Priority'), message, 'Write a number from 0 to 100.');
  }
  if (priority >= 80) return 'urgent';
  return priority >= 50 ? 'high' : 'normal';
}

/** As the names of our labels are. */
export const labelName = /^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$/;
/** The others are for the namespace, and for what the marketplace adds. */
const labelsMax = limits.labels - 6;

function readLabels(report: ImportReport, job: ForeignObject): Record<string, string> {
  const labels: Record<string, string> = { api: 'bacalhau' };
  for (const [name, value] of Object.entries(job.record('Labels'))) {
    const isTaken = labelName.test(name) && value.length <= 256;
    if (isTaken && Object.keys(labels).length < labelsMax) labels[name] = value;
    else {
      const fix = `Labels have letters, digits, . _ / - in their names, 256 characters, and are ${labelsMax} at most.`;
      report.warn(pointerTo(job.at('Labels'), name), 'is no label that a job can have', fix);
    }
  }
  const namespace = job.text('Namespace');
  if (namespace !== undefined && namespace !== '' && namespace !== 'default') {
    labels['namespace'] = namespace.slice(0, 256);
    const message = 'becomes the label "namespace": jobs belong to accounts here';
    report.warn(job.at('Namespace'), message, 'List such jobs by that label.');
  }
  warnOfMeta(report, job);
  return labels;
}

export function warnOfMeta(report: ImportReport, owner: ForeignObject): void {
  if (Object.keys(owner.record('Meta')).length === 0) return;
  report.warn(owner.at('Meta'), 'is kept nowhere', 'Make labels of what jobs are to be found by.');
}
