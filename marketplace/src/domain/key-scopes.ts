import type { AccountScope, KeyScope, NeededScope } from '@node3/shared/key-scopes';

/** What scopes are about, once `read-only` is taken out of them. */
export type Area = Exclude<AccountScope, 'read-only'>;

/** What the key in the operator's setting may do. */
export const operatorScopes: readonly AccountScope[] = ['requester', 'provider', 'operator'];

/** Where a key may do something. To operate is never meant unless it is named. */
export function areasOf(scopes: readonly AccountScope[] | null): readonly Area[] {
  const named = (scopes ?? []).filter((scope) => scope !== 'read-only');
  return named.length > 0 ? named : ['requester', 'provider'];
}

export function isReadOnly(scopes: readonly AccountScope[] | null): boolean {
  return scopes?.includes('read-only') ?? false;
}

/**
 * The scope that a key lacks for a request; null: it may.
 * @param needed `account`: whatever the key may do, its account is known.
 */
export function missingScope(
  scopes: readonly AccountScope[] | null,
  needed: NeededScope,
  request: 'reads' | 'changes',
): KeyScope | null {
  const areas = areasOf(scopes);
  const area = needed === 'account' ? areas[0] : areas.find((one) => one === needed);
  const isLacking = area === undefined || (request === 'changes' && isReadOnly(scopes));
  if (!isLacking) return null;
  return needed === 'account' ? (area ?? 'requester') : needed;
}

/** The first scope of `wanted` that goes beyond `given`; null: there is none. */
export function scopeBeyond(
  wanted: readonly AccountScope[] | null,
  given: readonly AccountScope[] | null,
): Area | null {
  const areas = areasOf(given);
  const beyond = areasOf(wanted).find((area) => !areas.includes(area));
  if (beyond !== undefined) return beyond;
  return isReadOnly(given) && !isReadOnly(wanted) ? (areas[0] ?? null) : null;
}
