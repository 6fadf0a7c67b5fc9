import type { ImportReport } from './import-report.ts';
import type { Operation } from './nosana-operation.ts';
import { outputPath } from './workload-parts.ts';

/** A volume of one operation may be a place that a job has anyway; more can't be. */
export function readVolumes(report: ImportReport, operations: readonly Operation[]): void {
  const users = new Map<string, Set<string>>();
  for (const { name, spec, volumes } of operations) {
    for (const volume of spec === null ? [] : volumes) {
      users.set(volume.name, (users.get(volume.name) ?? new Set()).add(name));
    }
  }
  for (const { spec, volumes } of operations) {
    for (const { name, dest, pointer } of volumes) {
      const sharers = users.get(name)?.size ?? 0;
      if (spec === null && sharers === 0) {
        const message = 'is a volume that no operation mounts, and none is made';
        report.warn(pointer, message, 'Leave it out.');
      } else if (sharers > 1) refuseShared(report, pointer);
      else if (dest !== null) readOwn(report, dest, pointer);
    }
  }
}

function refuseShared(report: ImportReport, pointer: string): void {
  const detail = 'is a volume of several operations, and each job has files of its own';
  const fix =
    'Let the first write to /output and name that as an input of the second, or do both in one.';
  report.refuse(pointer, detail, fix);
}

function readOwn(report: ImportReport, dest: string, pointer: string): void {
  if (/^\/tmp(?:\/|$)/.test(dest)) return;
  if (outputPath(dest) !== null) {
    const message = 'is kept, as all of /output is';
    report.warn(pointer, message, 'Use /tmp for what nobody needs afterwards.');
    return;
  }
  const detail = 'would be written to at a place that is read-only in a job';
  report.refuse(pointer, detail, 'Mount it at /tmp, or at /output for what is to be kept.');
}
