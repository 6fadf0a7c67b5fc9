import type { BodyOf } from '@node3/shared/contract';
import type { AccountScope } from '@node3/shared/key-scopes';
import type { createKey } from '@node3/shared/routes/keys';
import { type CapDraft, type CapName, readCapDraft, wrongCaps } from './key-caps.ts';

export const lifetimes = ['never', '7', '30', '90', '365'] as const;
export type Lifetime = (typeof lifetimes)[number];

/** A key that is being made up. */
export interface KeyDraft {
  name: string;
  scopes: readonly AccountScope[];
  /** Days, or never. */
  lifetime: Lifetime;
  caps: CapDraft;
}

export type DraftProblem = 'name' | 'scopes' | CapName;

const dayMs = 86_400_000;
const nameMax = 64;

/** What the marketplace would refuse, so that it is said beside its field. */
export function problemsOf({ name, scopes, caps }: KeyDraft): DraftProblem[] {
  const trimmed = name.trim();
  return [
    ...(trimmed === '' || trimmed.length > nameMax ? (['name'] as const) : []),
    ...(scopes.some((scope) => scope !== 'read-only') ? [] : (['scopes'] as const)),
    ...wrongCaps(caps),
  ];
}

export function toRequest(draft: KeyDraft, nowMs: number): BodyOf<typeof createKey> {
  const { name, scopes, lifetime, caps } = draft;
  const hasCaps = Object.values(caps).some((text) => text.trim() !== '');
  return {
    name: name.trim(),
    scopes: [...scopes],
    ...(lifetime === 'never'
      ? {}
      : { expiresAt: new Date(nowMs + Number(lifetime) * dayMs).toISOString() }),
    ...(hasCaps ? { keyCaps: readCapDraft(caps) } : {}),
  };
}
