import { type Asset, type Money, parseAmount, toMoney } from '@node3/shared/money';
import type { CapsView } from '@node3/shared/routes/caps';

export const capKinds = ['perJob', 'open', 'perDay'] as const;
export type CapKind = (typeof capKinds)[number];
type CapScope = 'operator' | 'account' | 'key';

export interface CapLine {
  kind: CapKind;
  /** The lowest of all that are set; null: there is no limit. */
  limit: Money | null;
  /** Whose it is. */
  scope: CapScope | null;
  /** null for a cap of one job, which nothing uses up. */
  used: Money | null;
  remaining: Money | null;
  /** Of 1; more where what was accepted before is more than a later cap. */
  share: number | null;
}

/** Every cap that is set holds, so that the lowest of them decides. */
export function capLines(caps: CapsView, asset: Asset): CapLine[] {
  return capKinds.map((kind) => {
    const own = { account: caps.account[asset][kind], operator: caps.operator[asset][kind] };
    const ofKey = kind === 'open' ? null : (caps.key?.caps[asset][kind] ?? null);
    const set = ([...Object.entries(own), ['key', ofKey]] as [CapScope, string | null][]).flatMap(
      ([scope, text]) => {
        if (text === null) return [];
        const limit = parseAmount(text, asset);
        return [{ scope, limit, left: limit - usedOf(caps, asset, kind, scope) }];
      },
    );
    const [lowest] = set.toSorted((a, b) => (a.left < b.left ? -1 : 1));
    const used = kind === 'perJob' ? null : usedOf(caps, asset, kind, lowest?.scope ?? 'account');
    return {
      kind,
      limit: lowest === undefined ? null : toMoney(lowest.limit, asset),
      scope: lowest?.scope ?? null,
      used: used === null ? null : toMoney(used, asset),
      remaining: lowest === undefined ? null : toMoney(lowest.left > 0n ? lowest.left : 0n, asset),
      share: lowest === undefined || used === null ? null : shareOf(used, lowest.limit),
    };
  });
}

function usedOf(caps: CapsView, asset: Asset, kind: CapKind, scope: CapScope): bigint {
  if (kind === 'perJob') return 0n;
  if (kind === 'open') return parseAmount(caps.used[asset].open, asset);
  const today = scope === 'key' ? caps.key?.used[asset].today : caps.used[asset].today;
  return parseAmount(today ?? '0', asset);
}

/** To a thousandth, which is all that a bar shows. */
function shareOf(used: bigint, limit: bigint): number {
  return limit === 0n ? 1 : Number((used * 1_000n) / limit) / 1_000;
}
