import { sayGpuProblem } from '@node3/shared/gpu-problems';
import type { AgentDevice } from '../gpu/device.ts';
import type { DetectionProblem } from '../gpu/gpu-detector.ts';

/**
 * The devices that the provider named by their place in the list. Once all of them were seen they are
 * known by id: a list that has become shorter has others in these places.
 */
export class ChosenDevices {
  readonly #indexes: readonly number[] | null;
  #ids: ReadonlySet<string> | null = null;

  /** @param indexes null chooses all. */
  constructor(indexes: readonly number[] | null) {
    this.#indexes = indexes;
  }

  of(found: readonly AgentDevice[]): { devices: AgentDevice[]; problems: DetectionProblem[] } {
    if (this.#indexes === null) return { devices: [...found], problems: [] };
    const ids = this.#ids;
    if (ids !== null) return { devices: found.filter(({ id }) => ids.has(id)), problems: [] };
    const missing = this.#indexes.filter((index) => found[index] === undefined);
    const devices = this.#indexes.flatMap((index) => found[index] ?? []);
    if (missing.length > 0) return { devices, problems: [missingProblem(missing, found.length)] };
    this.#ids = new Set(devices.map(({ id }) => id));
    return { devices, problems: [] };
  }
}

function missingProblem(missing: readonly number[], count: number): DetectionProblem {
  return sayGpuProblem('gpu-index-missing', { missing: missing.join(', '), count });
}
