import { type Asset, assets, parseAmount } from '@node3/shared/money';
import type { KeyCapsByAsset, KeyCapsChange } from '@node3/shared/routes/caps';
import type { KeyView } from '@node3/shared/routes/keys';
import { isCapText } from '../../../parts/money-input/money-text.ts';

export const capKinds = ['perJob', 'perDay'] as const;
export type CapName = `${(typeof capKinds)[number]}${Asset}`;
export const capNames = ['perJobSOL', 'perDaySOL', 'perJobUSDC', 'perDayUSDC'] as const;

/** Caps of a key as they are typed; empty is none. */
export type CapDraft = Readonly<Record<CapName, string>>;

export const noCapDraft: CapDraft = {
  perJobSOL: '',
  perDaySOL: '',
  perJobUSDC: '',
  perDayUSDC: '',
};

export function capDraftOf(caps: KeyView['caps']): CapDraft {
  if (caps === null) return noCapDraft;
  const { SOL, USDC } = caps;
  return {
    perJobSOL: SOL.perJob ?? '',
    perDaySOL: SOL.perDay ?? '',
    perJobUSDC: USDC.perJob ?? '',
    perDayUSDC: USDC.perDay ?? '',
  };
}

/** The fields with what the marketplace would refuse. */
export function wrongCaps(draft: CapDraft): CapName[] {
  return assets.flatMap((asset) =>
    capKinds
      .map((kind) => `${kind}${asset}` as const)
      .filter((name) => !isCapText(draft[name], asset)),
  );
}

export function readCapDraft(draft: CapDraft): KeyCapsByAsset {
  const read = (name: CapName) => (draft[name].trim() === '' ? null : draft[name].trim());
  const of = (asset: Asset) => ({
    perJob: read(`perJob${asset}`),
    perDay: read(`perDay${asset}`),
  });
  return { SOL: of('SOL'), USDC: of('USDC') };
}

/** What is to be sent: an asset whose caps stay the same is left out, so that nothing else is undone. */
export function changedCaps(before: KeyView['caps'], draft: CapDraft): KeyCapsChange {
  const [old, wanted] = [readCapDraft(capDraftOf(before)), readCapDraft(draft)];
  const isChanged = (asset: Asset) =>
    capKinds.some((kind) => !isSame(old[asset][kind], wanted[asset][kind], asset));
  return Object.fromEntries(
    assets.filter(isChanged).map((asset) => [asset, wanted[asset]] as const),
  );
}

/** Whether any limit becomes wider: a key alone may not do that. */
export function widensCaps(before: KeyView['caps'], change: KeyCapsChange): boolean {
  return assets.some((asset) =>
    capKinds.some((kind) => {
      const [old, wanted] = [before?.[asset][kind] ?? null, change[asset]?.[kind]];
      if (old === null || wanted === undefined) return false;
      return wanted === null || parseAmount(wanted, asset) > parseAmount(old, asset);
    }),
  );
}

function isSame(a: string | null, b: string | null, asset: Asset): boolean {
  if (a === null || b === null) return a === b;
  return parseAmount(a, asset) === parseAmount(b, asset);
}
