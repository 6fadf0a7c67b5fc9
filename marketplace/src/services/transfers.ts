import { assert } from '@node3/shared/assert';
import { MarketError } from '@node3/shared/error';
import { limits } from '@node3/shared/limits';

/** Which way the bytes go, seen from the caller. */
export type Direction = 'upload' | 'download';

/** Who moves bytes. Each kind has places of its own: a crowd of one kind stops no other. */
export interface TransferCaller {
  kind: 'account' | 'agent' | 'link';
  id: string;
}

/** One that is under way. */
export interface Transfer {
  /** Aborted with TRANSFERS_TOO_MANY when its place is given to somebody who has fewer. */
  signal: AbortSignal;
  /** More than once is fine. */
  end(): void;
}

const retryAfterSec = 5;

/**
 * How many parts and downloads are under way here, so that nobody has all of our sockets and files.
 * When all places of a kind are taken, one who has several gives one up to one who has fewer: a few
 * that are slow on purpose keep nobody out.
 */
export class Transfers {
  /** By direction and kind, then by caller, each in the order in which they began. */
  readonly #underWay = new Map<string, Map<string, Set<AbortController>>>();

  /** Throws TRANSFERS_TOO_MANY. */
  begin(direction: Direction, { kind, id }: TransferCaller): Transfer {
    const place = `${direction} ${kind}`;
    const callers = this.#underWay.get(place) ?? new Map<string, Set<AbortController>>();
    this.#underWay.set(place, callers);
    const own = callers.get(id)?.size ?? 0;
    if (own >= limits.transfersPerCaller) {
      throw tooMany(`${own} ${direction}s of this ${kind} are under way, as many as there may be.`);
    }
    const all = [...callers.values()].reduce((sum, { size }) => sum + size, 0);
    if (all >= limits.transfersPerKind) {
      const most = largest(callers);
      if (most.size <= own + 1) {
        throw tooMany(`${all} ${direction}s of every ${kind} together are under way.`);
      }
      cutOldest(most, `Others of its kind found no place, and this ${kind} had ${most.size}.`);
    }
    const cut = new AbortController();
    const transfers = callers.get(id) ?? new Set();
    callers.set(id, transfers.add(cut));
    return {
      signal: cut.signal,
      end() {
        if (transfers.delete(cut) && transfers.size === 0) callers.delete(id);
      },
    };
  }
}

function largest(callers: ReadonlyMap<string, Set<AbortController>>): Set<AbortController> {
  return [...callers.values()].reduce((most, own) => (own.size > most.size ? own : most));
}

/** What began first has been slow for longest: parts are small, and downloads are gone on with. */
function cutOldest(transfers: Set<AbortController>, detail: string): void {
  const [oldest] = transfers;
  assert(oldest !== undefined, 'who has the most has some');
  transfers.delete(oldest);
  oldest.abort(tooMany(detail));
}

function tooMany(detail: string): MarketError {
  return new MarketError('TRANSFERS_TOO_MANY', { detail, retryAfterSec });
}
