import { isEgressHost } from '../egress-hosts.ts';
import { limits } from '../limits.ts';
import { allowedNetwork, type ImportedNetwork } from './allowed-hosts.ts';
import { type ForeignObject, pointerTo } from './foreign-object.ts';
import type { ImportReport } from './import-report.ts';
import type { ImportOptions } from './imported-job.ts';

/** What a job reaches. `allowHosts` of whoever imports it counts before all that it says. */
export function readNetwork(
  report: ImportReport,
  task: ForeignObject,
  { allowHosts }: ImportOptions,
): ImportedNetwork {
  const given = task.object('Network');
  const type = given?.text('Type')?.toLowerCase() ?? 'default';
  const domains = given?.texts('Domains') ?? [];
  if (given !== undefined) refusePorts(report, given);
  given?.close();
  const pointer = given === undefined ? task.at('Network') : given.at('Type');
  if (type === 'host') {
    const detail = "would put the job into the provider's own network";
    report.refuse(pointer, detail, 'Write "Type": "HTTP" with the Domains that it needs.');
    return {};
  }
  if (allowHosts !== undefined) return allowedNetwork(report, pointer, allowHosts);
  switch (type) {
    case 'none':
      return {};
    case 'default':
    case '':
      report.warn(pointer, 'is not said: the job reaches no host', networkFix);
      return {};
    case 'http':
      return domainsOf(report, given, domains);
    case 'full':
    case 'bridge':
      report.refuse(pointer, 'would let the job reach every host', networkFix);
      return {};
    default:
      report.refuse(pointer, `"${type.slice(0, 40)}" is no network that is known`, networkFix);
      return {};
  }
}

const networkFix =
  'Name the hosts that it needs: "Type": "HTTP" with Domains, or those that it may reach when you import it.';

function domainsOf(
  report: ImportReport,
  given: ForeignObject | undefined,
  domains: readonly string[],
): ImportedNetwork {
  const pointer = given?.at('Domains') ?? '';
  const hosts = domains.flatMap((domain, index) => {
    // Theirs with a dot before it means the domain and all below it.
    const name = domain.toLowerCase().replace(/^\*?\./, '');
    const isOpen = name.length < domain.length;
    if (isEgressHost(name)) return isOpen ? [name, `*.${name}`] : [name];
    const detail = `"${domain.slice(0, 80)}" is no host name`;
    report.refuse(pointerTo(pointer, index), detail, 'Write names such as example.com.');
    return [];
  });
  if (hosts.length > limits.egressHosts) {
    report.refuse(pointer, `are more than ${limits.egressHosts} hosts`, 'Name fewer.');
    return {};
  }
  if (hosts.length > 0) return { network: { kind: 'egress', hosts: [...new Set(hosts)] } };
  if (domains.length === 0) report.warn(pointer, 'names no host: the job reaches none', networkFix);
  return {};
}

function refusePorts(report: ImportReport, given: ForeignObject): void {
  if (given.list('Ports').length === 0) return;
  const fix = 'Let the program fetch its work, or read it from /input.';
  report.refuse(given.at('Ports'), 'asks for ports, and nobody can call a job here', fix);
}
