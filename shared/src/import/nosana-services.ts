import { type ForeignObject, isJsonObject, pointerTo } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';

/** Arguments of containers that go on for others: nobody can call a job here, and each one ends. */
export function refuseService(report: ImportReport, args: ForeignObject): void {
  refuseExposed(report, args);
  readRestarts(report, args);
  const authentication = args.take('authentication');
  if (authentication === undefined) return;
  const detail = 'is for a registry that only you may read, and providers pull images as anybody';
  report.refuse(
    args.at('authentication'),
    detail,
    'Use a public image, best pinned by its digest.',
  );
}

function refuseExposed(report: ImportReport, args: ForeignObject): void {
  const given = args.take('expose');
  const isPrivate = args.flag('private');
  if (given === undefined || (Array.isArray(given) && given.length === 0)) {
    if (isPrivate === undefined) return;
    report.warn(args.at('private'), 'is about exposed ports, and there are none', 'Leave it out.');
    return;
  }
  const detail = 'opens a port to the world, and nobody can call a job here';
  const fix = 'Give the program its work as input, and let it write what it makes to /output.';
  report.refuse(args.at('expose'), detail, fix);
  for (const [index, port] of (Array.isArray(given) ? given : []).entries()) {
    if (!isJsonObject(port) || port['health_checks'] === undefined) continue;
    const pointer = pointerTo(pointerTo(args.at('expose'), index), 'health_checks');
    const why = 'asks a port whether the program is well, and a job has none';
    report.refuse(pointer, why, 'Let the program end with an exit code other than 0.');
  }
}

function readRestarts(report: ImportReport, args: ForeignObject): void {
  const given = args.take('restart_policy');
  if (given === undefined || given === 'no') return;
  const pointer = args.at('restart_policy');
  const policy = isJsonObject(given) ? given['policy'] : given;
  if (policy === 'on-failure') {
    const message = 'is not done: a program that ends with another exit code than 0 has failed';
    report.warn(pointer, message, 'Let it try again by itself, or run: node3 job rerun JOB.');
    return;
  }
  const detail = 'would start a program anew that has ended; here its end is the end of the job';
  report.refuse(pointer, detail, 'Write "no", and let the program end when its work is done.');
}
