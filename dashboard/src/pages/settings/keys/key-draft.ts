import type { BodyOf } from '@node3/shared/contract';
import type { AccountScope } from '@node3/shared/key-scopes';
import { type Asset, amountPattern } from '@node3/shared/money';
import type { createKey } from '@node3/shared/routes/keys';

export const lifetimes = ['never', '7', '30', '90', '365'] as const;
export type Lifetime = (typeof lifetimes)[number];

export type CapName = `${'perJob' | 'perDay'}${Asset}`;
export const capNames = ['perJobSOL', 'perDaySOL', 'perJobUSDC', 'perDayUSDC'] as const;

/** A key that is being made up. */
export interface KeyDraft {
  name: string;
  scopes: readonly AccountScope[];
  /** Days, or never. */
  lifetime: Lifetime;
  /** Amounts as they are typed; empty is no cap. */
  caps: Readonly<Record<CapName, string>>;
}

export type DraftProblem = 'name' | 'scopes' | CapName;

const dayMs = 86_400_000;
const nameMax = 64;

/** What the marketplace would refuse, so that it is said beside its field. */
export function problemsOf({ name, scopes, caps }: KeyDraft): DraftProblem[] {
  const trimmed = name.trim();
  const isAmount = (text: string) => text === '' || new RegExp(amountPattern).test(text);
  return [
    ...(trimmed === '' || trimmed.length > nameMax ? (['name'] as const) : []),
    ...(scopes.some((scope) => scope !== 'read-only') ? [] : (['scopes'] as const)),
    ...capNames.filter((cap) => !isAmount(caps[cap].trim())),
  ];
}

export function toRequest(draft: KeyDraft, nowMs: number): BodyOf<typeof createKey> {
  const { name, scopes, lifetime, caps } = draft;
  const cap = (capName: CapName) => (caps[capName].trim() === '' ? null : caps[capName].trim());
  const capsOf = (asset: Asset) => ({
    perJob: cap(`perJob${asset}`),
    perDay: cap(`perDay${asset}`),
  });
  const hasCaps = capNames.some((capName) => cap(capName) !== null);
  return {
    name: name.trim(),
    scopes: [...scopes],
    ...(lifetime === 'never'
      ? {}
      : { expiresAt: new Date(nowMs + Number(lifetime) * dayMs).toISOString() }),
    ...(hasCaps ? { keyCaps: { SOL: capsOf('SOL'), USDC: capsOf('USDC') } } : {}),
  };
}
