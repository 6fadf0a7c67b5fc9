import type { Device } from '@node3/shared/device';
import { limits } from '@node3/shared/limits';
import type { JobNeeds } from '../domain/job-needs.ts';

/**
 * The kinds of devices that idle agents have had. Agents name their models themselves: past the
 * limit new ones of a vendor are one kind, so that nobody makes every search long.
 */
export class KnownModels {
  readonly #byVendor = new Map<string, Set<string>>();
  readonly #byModel = new Map<string, Set<string>>();
  readonly #known = new Set<string>();

  /** The kinds of these devices, each once. */
  of(devices: readonly Device[]): string[] {
    return [...new Set(devices.map((device) => this.#kindOf(device)))];
  }

  /** The kinds that could serve a job; null when it needs no device. */
  for(gpus: JobNeeds['gpus']): string[] | null {
    if (gpus === null) return null;
    if (gpus.models !== undefined) {
      const named = gpus.models.flatMap((model) => [...(this.#byModel.get(model) ?? [])]);
      return [...new Set([...named, ...this.#unnamed()])];
    }
    if (gpus.vendor !== undefined) return [...(this.#byVendor.get(gpus.vendor) ?? [])];
    return [...this.#byVendor.values()].flatMap((kinds) => [...kinds]);
  }

  #kindOf({ vendor, modelId }: Device): string {
    const isNamed = modelId !== null && this.#isKnown(`${vendor} ${modelId}`);
    const kind = isNamed ? `${vendor} ${modelId}` : vendor;
    if (isNamed) addTo(this.#byModel, modelId, kind);
    addTo(this.#byVendor, vendor, kind);
    return kind;
  }

  #isKnown(kind: string): boolean {
    if (this.#known.size < limits.deviceKinds) this.#known.add(kind);
    return this.#known.has(kind);
  }

  /** A model past the limit has no kind of its own. */
  #unnamed(): string[] {
    return this.#known.size < limits.deviceKinds ? [] : [...this.#byVendor.keys()];
  }
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else set.add(value);
}
