import { findModel } from '../gpu/normalise-model.ts';
import type { GpuRequirement } from '../job-spec.ts';
import { limits } from '../limits.ts';
import { labelName } from './bacalhau-job.ts';
import type { Resources } from './bacalhau-resources.ts';
import type { ForeignObject } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedSpec } from './imported-job.ts';

type Placement = NonNullable<ImportedSpec['placement']>;

interface Constraint {
  pointer: string;
  key: string;
  operator: string;
  values: string[];
}

/** What the labels of nodes have to be: facts of ours where we know them, else labels of agents. */
export function applyConstraints(
  report: ImportReport,
  constraints: readonly ForeignObject[],
  resources: Resources,
): { resources: Resources; placement: Placement | null } {
  const found: Resources = { ...resources };
  const labels: Record<string, string> = {};
  for (const given of constraints) {
    const constraint = readConstraint(report, given);
    if (constraint === null) continue;
    const key = constraint.key.toLowerCase();
    if (key === 'architecture') applyArchitecture(report, constraint, found);
    else if (key === 'operating-system') applySystem(report, constraint);
    else if (/^gpu-\d+$/.test(key)) applyModel(report, constraint, found);
    else if (/^gpu-\d+-memory$/.test(key)) applyMemory(report, constraint, found);
    else applyLabel(report, constraint, labels);
  }
  const isPlaced = Object.keys(labels).length > 0;
  return { resources: found, placement: isPlaced ? { labels } : null };
}

function readConstraint(report: ImportReport, given: ForeignObject): Constraint | null {
  const key = given.text('Key');
  const operator = given.text('Operator')?.toLowerCase();
  const values = given.texts('Values') ?? [];
  given.close();
  if (key !== undefined && key !== '' && operator !== undefined) {
    return { pointer: given.pointer, key, operator, values };
  }
  report.refuse(given.pointer, 'must have Key and Operator', 'Write both.');
  return null;
}

/** The values that are allowed; null, and said so, for what only leaves some out. */
function allowedValues(report: ImportReport, constraint: Constraint): string[] | null {
  const { operator, values, pointer } = constraint;
  if (['=', '==', 'in'].includes(operator) && values.length > 0) return values;
  const detail = `has the operator "${operator}", for which jobs have no words`;
  report.refuse(pointer, detail, 'Say what is wanted with = or in.');
  return null;
}

function applyArchitecture(report: ImportReport, constraint: Constraint, found: Resources): void {
  const values = allowedValues(report, constraint);
  if (values === null) return;
  const known = new Set(values.map((value) => architectures[value.toLowerCase()]));
  const [arch] = known;
  if (!known.has(undefined) && arch !== undefined) {
    // Both are the same as none.
    if (known.size === 1) found.arch = arch;
    return;
  }
  report.refuse(constraint.pointer, 'must be amd64 or arm64', 'Agents have no other processors.');
}

const architectures: Record<string, 'x64' | 'arm64' | undefined> = {
  amd64: 'x64',
  x86_64: 'x64',
  arm64: 'arm64',
  aarch64: 'arm64',
};

function applySystem(report: ImportReport, constraint: Constraint): void {
  const values = allowedValues(report, constraint);
  if (values === null || values.some((value) => value.toLowerCase() === 'linux')) return;
  report.refuse(constraint.pointer, 'must be linux', 'Containers here are of Linux.');
}

function applyModel(report: ImportReport, constraint: Constraint, found: Resources): void {
  const values = allowedValues(report, constraint);
  if (values === null || !hasGpus(report, constraint, found)) return;
  const unknown = values.find(
    (name) =>
      name.length > 64 ||
      findModel({ name, memoryBytes: null, pciModel: null }).candidates.length === 0,
  );
  if (unknown !== undefined || values.length > 16) {
    const detail = `"${(unknown ?? '').slice(0, 64)}" is no GPU model that is known`;
    report.refuse(constraint.pointer, detail, 'Write it as its maker does, such as "RTX 4090".');
    return;
  }
  found.gpus = { ...found.gpus, models: values };
}

const memoryText = /^(\d{1,7})\s*-?(?:mib)?$/i;

function applyMemory(report: ImportReport, constraint: Constraint, found: Resources): void {
  const { operator, values, pointer } = constraint;
  const digits = memoryText.exec(values[0]?.trim() ?? '')?.[1];
  const isMinimum = ['=', '==', 'gt'].includes(operator) && values.length === 1;
  if (!isMinimum || digits === undefined) {
    const detail = 'says something of GPU memory other than its least size in MiB';
    report.refuse(pointer, detail, 'Write it as {"Operator": "gt", "Values": ["20000"]}.');
    return;
  }
  if (!hasGpus(report, constraint, found)) return;
  const mebibytes = Number(digits) + (operator === 'gt' ? 1 : 0);
  const memoryBytesMin = mebibytes * 1024 ** 2;
  if (memoryBytesMin < 1 || memoryBytesMin > limits.memoryBytesMax) {
    report.refuse(pointer, 'is no size that GPU memory has', 'Write it in MiB.');
  } else found.gpus = { ...found.gpus, memoryBytesMin };
}

function hasGpus(
  report: ImportReport,
  { pointer }: Constraint,
  found: Resources,
): found is Resources & { gpus: GpuRequirement } {
  if (found.gpus !== undefined) return true;
  const fix = 'Ask for them in Resources.GPU; a job sees only GPUs that it has asked for.';
  report.refuse(pointer, 'wants a machine with a GPU, and the job asks for none', fix);
  return false;
}

function applyLabel(
  report: ImportReport,
  constraint: Constraint,
  labels: Record<string, string>,
): void {
  const values = allowedValues(report, constraint);
  if (values === null) return;
  const [value = ''] = values;
  const isFree = !Object.hasOwn(labels, constraint.key) || labels[constraint.key] === value;
  const hasRoom = Object.keys(labels).length < limits.labels;
  if (values.length === 1 && isFree && hasRoom && labelName.test(constraint.key)) {
    labels[constraint.key] = value.slice(0, 256);
    return;
  }
  const detail = 'must ask for one value of a label of agents';
  report.refuse(constraint.pointer, detail, 'Write one job for each value.');
}
