import type { JobNeeds } from '../domain/job-needs.ts';
import type { Needs } from '../domain/matching.ts';
import { Interned } from './interned.ts';
import { boundsOf, type NeedBounds } from './need-bounds.ts';

/** Needs that any number of open jobs share, with the bounds that the index has worked out. */
export interface Signature extends NeedBounds {
  id: number;
  key: string;
  needs: JobNeeds;
  /** Open jobs that have these needs; without any it is forgotten. */
  jobs: number;
}

/** The needs of all open jobs, each kept once. */
export class Signatures {
  readonly #byKey = new Map<string, Signature>();
  readonly #byId: (Signature | null)[] = [];
  readonly #freeIds: number[] = [];
  readonly #placements = new Interned<Needs['placement']>();
  readonly #gpus = new Interned<Needs['resources']['gpus']>();

  get size(): number {
    return this.#byKey.size;
  }

  /** Ids given out so far lie below this. */
  get idsEnd(): number {
    return this.#byId.length;
  }

  get(id: number): Signature {
    const found = this.#byId[id];
    if (found === undefined || found === null) throw new Error('an open job has a signature');
    return found;
  }

  /** The signature of one more job. */
  take(needs: JobNeeds): Signature {
    const { cpus, memoryBytes, diskBytes, arch, isNative, isSealed, egressHosts, runSec } = needs;
    const parts = `${this.#placements.idOf(needs.placement)} ${this.#gpus.idOf(needs.gpus)}`;
    const hosts = egressHosts === undefined ? '' : ` ${egressHosts.join(' ')}`;
    const key = `${parts} ${cpus} ${memoryBytes} ${diskBytes} ${arch ?? ''} ${isNative ? 'n' : ''}${isSealed === true ? 's' : ''} ${runSec ?? ''}${hosts}`;
    const known = this.#byKey.get(key);
    if (known === undefined) return this.#make(key, needs);
    known.jobs += 1;
    return known;
  }

  /** One more job with the same needs as another. */
  share(signature: Signature): void {
    signature.jobs += 1;
  }

  /** One job less. */
  drop(signature: Signature): void {
    signature.jobs -= 1;
    if (signature.jobs > 0) return;
    this.#placements.drop(signature.needs.placement);
    this.#gpus.drop(signature.needs.gpus);
    this.#byKey.delete(signature.key);
    this.#byId[signature.id] = null;
    this.#freeIds.push(signature.id);
  }

  #make(key: string, needs: JobNeeds): Signature {
    const own = {
      ...needs,
      placement: this.#placements.use(needs.placement),
      gpus: this.#gpus.use(needs.gpus),
    };
    const id = this.#freeIds.pop() ?? this.#byId.length;
    const made = { id, key, needs: own, jobs: 1, ...boundsOf(own) };
    this.#byKey.set(key, made);
    this.#byId[id] = made;
    return made;
  }
}
