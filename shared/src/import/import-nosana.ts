import { allowedNetwork } from './allowed-hosts.ts';
import { checkDocument } from './check-document.ts';
import { ForeignObject } from './foreign-object.ts';
import { importLimits } from './import-limits.ts';
import { ImportReport } from './import-report.ts';
import type { ImportedJob, ImportOptions } from './imported-job.ts';
import { readGpuWishes } from './nosana-gpus.ts';
import { readNosanaHead } from './nosana-head.ts';
import { readOperation } from './nosana-operation.ts';
import { Hydration } from './nosana-operators.ts';
import { orderSteps } from './nosana-stages.ts';
import { readVolumes } from './nosana-volumes.ts';
import { runTimeOf } from './run-time.ts';

/**
 * Makes jobs of a Nosana job definition 0.1: one of each operation that runs a container. Groups become
 * stages, of which each waits for the one before it. Throws IMPORT_REFUSED.
 */
export function importNosana(document: unknown, options: ImportOptions = {}): ImportedJob {
  const report = new ImportReport();
  const whole = new ForeignObject(checkDocument(document), '', report);
  const head = readNosanaHead(report, whole);
  const given = whole.objects('ops');
  checkOperations(report, whole, given, head.isConfidential);
  const wishes = readGpuWishes(report, options);
  const hydration = new Hydration(report, head.variables, options.jobIdOf);
  const shared = {
    head,
    wishes,
    ...networkOf(report, whole, options),
    ...runTimeOf(report, options),
  };
  const operations = given
    .slice(0, importLimits.jobsPerImport)
    .flatMap((op) => readOperation(report, op, hydration, shared));
  readVolumes(report, operations);
  whole.close();
  return report.finish(orderSteps(report, operations));
}

function checkOperations(
  report: ImportReport,
  whole: ForeignObject,
  given: readonly ForeignObject[],
  isConfidential: boolean,
): void {
  const { jobsPerImport } = importLimits;
  if (given.length > jobsPerImport) {
    const detail = `has more than ${jobsPerImport} operations`;
    report.refuse(whole.at('ops'), detail, 'Split the document.');
  }
  if (given.length > 0 || isConfidential) return;
  report.refuse(whole.at('ops'), 'names no operation', 'Write what is to run.');
}

/** Theirs reach the Internet; that nothing says what they need there is told once. */
function networkOf(report: ImportReport, whole: ForeignObject, { allowHosts }: ImportOptions) {
  if (allowHosts !== undefined) return allowedNetwork(report, whole.at('ops'), allowHosts);
  const message = 'reach no host here, while containers of Nosana reach the Internet';
  report.warn(whole.at('ops'), message, 'Name the hosts that they may reach when you import it.');
  return {};
}
