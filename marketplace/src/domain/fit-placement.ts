import type { Offer } from '@node3/shared/device';
import { areHostsWithin } from '@node3/shared/egress-hosts';
import { isolationLevels, nativeImage } from '@node3/shared/job-spec';
import type { Needs } from './matching.ts';

export type PlacementConstraint =
  | 'agent'
  | 'agent_blocked'
  | 'provider'
  | 'provider_blocked'
  | 'requester_blocked'
  | 'region'
  | 'label'
  | 'isolation'
  | 'arch'
  | 'secrets'
  | 'network'
  | 'run_time';

/** Who an agent is and what it offers: what doesn't change from job to job. */
export interface AgentFacts {
  agentId: string;
  /** Wallet of the provider. */
  wallet: string;
  offer: Offer;
}

type Rule = (needs: Needs, agent: AgentFacts) => boolean;

/** What a job asks of one agent and no other, and of its provider. */
export const agentRules: readonly [PlacementConstraint, Rule][] = [
  ['agent', ({ placement }, { agentId }) => placement.agents?.includes(agentId) ?? true],
  ['agent_blocked', ({ placement }, { agentId }) => !placement.agentsBlocked.includes(agentId)],
  ['provider', ({ placement }, { wallet }) => placement.providers?.includes(wallet) ?? true],
  ['provider_blocked', ({ placement }, { wallet }) => !placement.providersBlocked.includes(wallet)],
];

/** What it asks of an offer, whoever makes it. Unknown facts satisfy nothing. */
export const offerRules: readonly [PlacementConstraint, (needs: Needs, offer: Offer) => boolean][] =
  [
    [
      'requester_blocked',
      ({ requesterId }, { requestersBlocked }) =>
        requesterId === null || requestersBlocked?.includes(requesterId) !== true,
    ],
    [
      'region',
      ({ placement }, { region }) =>
        placement.regions?.some((wanted) => isWithin(region, wanted)) ?? true,
    ],
    [
      'label',
      ({ placement }, { labels }) =>
        Object.entries(placement.labels).every(([name, value]) => labels?.[name] === value),
    ],
    ['isolation', isolationSuffices],
    ['arch', ({ resources }, { arch }) => resources.arch === null || resources.arch === arch],
    ['secrets', ({ sealed }, { secretKey }) => sealed !== true || secretKey !== undefined],
    [
      'network',
      ({ egressHosts }, { egress }) =>
        egressHosts === undefined || areHostsWithin(egressHosts, egress?.hosts ?? []),
    ],
    [
      'run_time',
      ({ limits }, { runSecMax }) => runSecMax === undefined || limits.runSec <= runSecMax,
    ],
  ];

/** The first requirement that keeps the job from the agent; null when all let it. */
export function firstPlacementRefusal(needs: Needs, agent: AgentFacts): PlacementConstraint | null {
  for (const [constraint, rule] of agentRules) {
    if (!rule(needs, agent)) return constraint;
  }
  for (const [constraint, rule] of offerRules) {
    if (!rule(needs, agent.offer)) return constraint;
  }
  return null;
}

/** Regions are named from the widest part on: `eu-west-1` lies in `eu-west` and in `eu`. */
export function isWithin(region: string | undefined, wanted: string): boolean {
  return region !== undefined && (region === wanted || region.startsWith(`${wanted}-`));
}

/**
 * A job without an image runs on the provider's own system, where both sides must have agreed to
 * it. One with an image always runs in a container or better, however little it asks for.
 */
function isolationSuffices({ workload, placement }: Needs, offer: Offer): boolean {
  if (workload.image === nativeImage) {
    return placement.isolationMin === 'native' && offer.nativeAllowed;
  }
  const min = placement.isolationMin === 'native' ? 'container' : placement.isolationMin;
  return isolationLevels.indexOf(offer.isolation) >= isolationLevels.indexOf(min);
}
