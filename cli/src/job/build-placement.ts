import { isolationLevels, type JobSpecInput, placementStrategies } from '@node3/shared/job-spec';
import { choose } from '../parse/choose.ts';

/** The options that say where a job may run, as they were typed. */
export interface PlacementOptions {
  isolation?: string;
  region?: string;
  agent?: string;
  provider?: string;
  strategy?: string;
  interruptible?: boolean;
}

/** Throws a usage error that names the option. */
export function buildPlacement(options: PlacementOptions): NonNullable<JobSpecInput['placement']> {
  const placement: NonNullable<JobSpecInput['placement']> = {};
  const { isolation, region, agent, provider, strategy } = options;
  if (isolation !== undefined) {
    placement.isolationMin = choose('--isolation', isolation, isolationLevels);
  }
  if (region !== undefined) placement.regions = listed(region);
  if (agent !== undefined) placement.agents = listed(agent);
  if (provider !== undefined) placement.providers = listed(provider);
  if (strategy !== undefined) {
    placement.strategy = choose('--strategy', strategy, placementStrategies);
  }
  if (options.interruptible === true) placement.interruptible = true;
  return placement;
}

function listed(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}
