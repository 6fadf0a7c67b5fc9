import type { EgressStatus, IsolationFacts } from '../executors/executor.ts';

const charsMax = 256;

/**
 * Says in one line what is really in force, never what was asked for, such as
 * `container: docker 20.10.24, runc, seccomp node3, no user namespace`.
 */
export function describeIsolation(
  executor: { name: string; isolation: string },
  facts: IsolationFacts | null,
): string {
  if (facts === null) return `${executor.isolation}: ${executor.name}`;
  const parts = [
    [facts.engine, facts.engineVersion].filter((part) => part !== null).join(' '),
    facts.runtime,
    facts.seccompProfile === null ? 'no seccomp' : `seccomp ${facts.seccompProfile}`,
    facts.apparmor ? 'apparmor' : null,
    facts.userNamespace ? 'user namespace' : 'no user namespace',
    facts.rootless ? 'rootless' : null,
  ].filter((part) => part !== null && part !== '');
  return `${executor.isolation}: ${parts.join(', ')}`.slice(0, charsMax);
}

/** The same facts one by one, for the dashboard. */
export function listIsolationFacts(facts: IsolationFacts | null): Record<string, string> {
  if (facts === null) return {};
  const entries = Object.entries(facts).map(([name, value]): [string, string] => [
    name,
    Array.isArray(value) ? value.join(', ') : describeFact(value),
  ]);
  return Object.fromEntries(entries);
}

/** What jobs may reach, or why nothing. */
export function describeEgress(egress: EgressStatus | undefined): Record<string, string> {
  if (egress === undefined) return {};
  if (!egress.offered) return { egress: `none: ${egress.why}` };
  return { egress: `${egress.hosts.join(', ')} (${egress.firewall})` };
}

function describeFact(value: string | boolean | null): string {
  if (value === null) return 'unknown';
  if (typeof value === 'string') return value;
  return value ? 'yes' : 'no';
}
