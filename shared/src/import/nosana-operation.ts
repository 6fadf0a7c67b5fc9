import { limits } from '../limits.ts';
import { ForeignObject, isJsonObject } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedSpec } from './imported-job.ts';
import { readContainer, type Shared } from './nosana-container.ts';
import type { Hydration } from './nosana-operators.ts';

/** One operation, of which a job is made where it runs a container. */
export interface Operation {
  /** Its id; unique. */
  name: string;
  pointer: string;
  group: string;
  dependsOn: string[];
  dependsPointer: string;
  /** null for one that makes a volume. */
  spec: ImportedSpec | null;
  /** Volumes that it makes or mounts. */
  volumes: { name: string; dest: string | null; pointer: string }[];
  /** Where it has names on the network of its group; null without. */
  aliasPointer: string | null;
}

/** Reads one; nothing where it has no id that others could name. */
export function readOperation(
  report: ImportReport,
  op: ForeignObject,
  hydration: Hydration,
  shared: Shared,
): Operation[] {
  const name = op.text('id') ?? '';
  if (name === '' || /\s/.test(name) || name.length > 120) {
    const detail = 'must be a name without spaces, of 120 characters at most';
    report.refuse(op.at('id'), detail, 'Name the operation.');
    op.ignore('type', 'args', 'results', 'execution');
    return [];
  }
  const type = op.text('type');
  const args = readArgs(report, op, hydration, name);
  const execution = readExecution(report, op, name);
  if (op.take('results') !== undefined) {
    const message = 'is not applied to the log, and the job has no such results';
    report.warn(op.at('results'), message, 'Read them from the log, or write /output/output.json.');
  }
  op.close();
  const base = { name, pointer: op.pointer, ...execution };
  if (type === 'container/create-volume') {
    const volume = args.text('name') ?? '';
    args.close();
    const volumes = [{ name: volume, dest: null, pointer: args.at('name') }];
    return [{ ...base, spec: null, volumes, aliasPointer: null }];
  }
  if (type !== 'container/run') {
    const fix = 'Write container/run or container/create-volume.';
    report.refuse(op.at('type'), 'is no operation that is known', fix);
    return [];
  }
  return [{ ...base, ...readContainer(report, args, { name, hydration, shared }) }];
}

function readArgs(
  report: ImportReport,
  op: ForeignObject,
  hydration: Hydration,
  name: string,
): ForeignObject {
  const resolved = hydration.resolve(op.take('args'), op.at('args'), name);
  if (isJsonObject(resolved)) return new ForeignObject(resolved, op.at('args'), report);
  report.refuse(op.at('args'), 'must be an object', 'Say there what runs.');
  return new ForeignObject({}, op.at('args'), report);
}

function readExecution(
  report: ImportReport,
  op: ForeignObject,
  name: string,
): Pick<Operation, 'group' | 'dependsOn' | 'dependsPointer'> {
  const execution = op.object('execution');
  if (execution === undefined) return { group: name, dependsOn: [], dependsPointer: op.pointer };
  const group = execution.text('group') ?? name;
  const dependsOn = [...new Set(execution.texts('depends_on') ?? [])];
  if (dependsOn.length > limits.dependenciesPerJob) {
    const detail = `names more than ${limits.dependenciesPerJob} operations`;
    report.refuse(execution.at('depends_on'), detail, 'Split the group.');
  }
  if (execution.flag('stop_if_dependent_stops') === true) {
    const detail = 'makes it a side-car that others talk to, and jobs can not reach each other';
    const fix = 'Start both programs in one container.';
    report.refuse(execution.at('stop_if_dependent_stops'), detail, fix);
  }
  execution.close();
  return { group, dependsOn, dependsPointer: execution.at('depends_on') };
}
