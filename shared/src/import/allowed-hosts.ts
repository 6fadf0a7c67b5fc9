import { isEgressHost } from '../egress-hosts.ts';
import { limits } from '../limits.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportedSpec } from './imported-job.ts';

export type ImportedNetwork = Pick<ImportedSpec, 'network'>;

/** The network of a job whose hosts are named by whoever imports it. */
export function allowedNetwork(
  report: ImportReport,
  pointer: string,
  allowHosts: readonly string[],
): ImportedNetwork {
  const hosts = [...new Set(allowHosts)];
  if (hosts.length === 0) return {};
  if (hosts.length <= limits.egressHosts && hosts.every(isEgressHost)) {
    return { network: { kind: 'egress', hosts } };
  }
  const detail = `can not be ${hosts.join(', ').slice(0, 200)}`;
  const fix = `Give at most ${limits.egressHosts} host names such as huggingface.co or *.pypi.org.`;
  report.refuse(pointer, detail, fix);
  return {};
}
