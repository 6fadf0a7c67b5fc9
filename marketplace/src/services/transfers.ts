import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';

/** Which way the bytes go, seen from the caller. */
export type Direction = 'upload' | 'download';

/** Who moves bytes. Each kind has places of its own: a crowd of one kind stops no other. */
export interface TransferCaller {
  kind: 'account' | 'agent' | 'link';
  id: string;
}

const retryAfterSec = 5;

/** How many parts and downloads are under way here, so that nobody has all of our sockets and files. */
export class Transfers {
  readonly #underWay = new Map<string, number>();

  /** @returns what ends it; more than once is fine. Throws TRANSFERS_TOO_MANY. */
  begin(direction: Direction, { kind, id }: TransferCaller): () => void {
    const all = `${direction} ${kind}`;
    const own = `${all} ${id}`;
    this.#assertRoom(own, limits.transfersPerCaller, `Of this ${kind}`);
    this.#assertRoom(all, limits.transfersPerKind, `Of every ${kind} together`);
    this.#count(own, 1);
    this.#count(all, 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#count(own, -1);
      this.#count(all, -1);
    };
  }

  #assertRoom(key: string, most: number, whose: string): void {
    const underWay = this.#underWay.get(key) ?? 0;
    if (underWay < most) return;
    const [direction] = key.split(' ');
    const detail = `${whose} ${underWay} ${direction}s are under way, and no more than ${most} may be.`;
    throw new MarketError('TRANSFERS_TOO_MANY', { detail, retryAfterSec });
  }

  #count(key: string, change: number): void {
    const underWay = (this.#underWay.get(key) ?? 0) + change;
    if (underWay > 0) this.#underWay.set(key, underWay);
    else this.#underWay.delete(key);
  }
}
