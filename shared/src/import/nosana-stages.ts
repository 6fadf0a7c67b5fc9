import { limits } from '../limits.ts';
import { pointerTo } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedStep } from './imported-job.ts';
import type { Operation } from './nosana-operation.ts';

/**
 * Groups run one after the other, in the order in which they are first named; the operations of one
 * group at the same time, except where one depends on another.
 */
export function orderSteps(report: ImportReport, operations: readonly Operation[]): ImportedStep[] {
  refuseTwins(report, operations);
  const steps: ImportedStep[] = [];
  let before: string[] = [];
  for (const group of new Set(operations.map((op) => op.group))) {
    const members = operations.filter((op) => op.group === group && op.spec !== null);
    if (members.length === 0) continue;
    tellNeighbours(report, members);
    const names = new Set(members.map(({ name }) => name));
    const earlier = new Set(steps.map(({ name }) => name));
    const own = new Map(
      members.map((op) => [op.name, ownDependencies(report, op, names, earlier)]),
    );
    steps.push(...sorted(report, members, own, before));
    before = [...names];
  }
  return steps;
}

function refuseTwins(report: ImportReport, operations: readonly Operation[]): void {
  for (const [index, { name, pointer }] of operations.entries()) {
    if (operations.findIndex((op) => op.name === name) === index) continue;
    report.refuse(pointerTo(pointer, 'id'), 'is the id of another one, too', 'Name it otherwise.');
  }
}

/** Side by side they run on machines of their own, and do not see each other. */
function tellNeighbours(report: ImportReport, members: readonly Operation[]): void {
  const [first] = members;
  if (first !== undefined && members.length > 1) {
    const message = `is of the group "${first.group.slice(0, 80)}", whose operations run on machines of their own`;
    report.warn(first.pointer, message, 'If they talk to each other, start them in one container.');
  }
  for (const { aliasPointer } of members) {
    if (aliasPointer === null) continue;
    const detail = 'are names for others of its group, and jobs can not reach each other';
    const fix = 'Start the programs in one container.';
    if (members.length > 1) report.refuse(aliasPointer, detail, fix);
    else report.warn(aliasPointer, 'are names that nobody calls', 'Leave them out.');
  }
}

/** Those that it waits for within its group. What is of an earlier one is over in any case. */
function ownDependencies(
  report: ImportReport,
  { name, dependsOn, dependsPointer }: Operation,
  group: ReadonlySet<string>,
  earlier: ReadonlySet<string>,
): string[] {
  return dependsOn.filter((needed, index) => {
    const pointer = pointerTo(dependsPointer, index);
    if (needed !== name && group.has(needed)) return true;
    if (earlier.has(needed)) {
      const message = 'is of an earlier group, which is over before this one begins';
      report.warn(pointer, message, 'Leave it out.');
      return false;
    }
    const detail = `"${needed.slice(0, 80)}" is no other operation of its group or of an earlier one`;
    report.refuse(pointer, detail, 'Correct the id, or the order of the groups.');
    return false;
  });
}

/** Each behind those that it waits for; refuses circles. */
function sorted(
  report: ImportReport,
  members: readonly Operation[],
  own: ReadonlyMap<string, string[]>,
  before: readonly string[],
): ImportedStep[] {
  const steps = new Map<string, ImportedStep>();
  let waiting = [...members];
  while (waiting.length > 0) {
    const ready = waiting.filter(({ name }) => own.get(name)?.every((needed) => steps.has(needed)));
    if (ready.length === 0) {
      const [first] = waiting;
      const detail = 'waits for operations that wait for it';
      report.refuse(first?.dependsPointer ?? '', detail, 'Take one depends_on out of the circle.');
      break;
    }
    for (const { name, spec, dependsPointer } of ready) {
      const after = [...before, ...(own.get(name) ?? [])];
      if (after.length > limits.dependenciesPerJob) {
        const detail = `waits for ${after.length} operations; ${limits.dependenciesPerJob} is the most`;
        report.refuse(dependsPointer, detail, 'Make its group or the one before it smaller.');
      }
      if (spec !== null) steps.set(name, { name, after, spec });
    }
    waiting = waiting.filter(({ name }) => !steps.has(name));
  }
  return [...steps.values()];
}
