import type { Clock } from '@node3/shared/clock';
import { MarketError } from '@node3/shared/error';
import type { NewEvent } from '@node3/shared/events';
import { assertUnchanged } from '@node3/shared/http/entity-tag';
import { type Asset, assets, type BaseUnits, formatAmount, parseAmount } from '@node3/shared/money';
import type {
  AccountCapsByAsset,
  CapsView,
  KeyCapsByAsset,
  KeyCapsChange,
} from '@node3/shared/routes/caps';
import { toTimestamp } from '@node3/shared/schema';
import { type Caps, dayEndsAtMs, dayOf, raisesAny } from '../domain/spending-caps.ts';
import type { Store } from '../store/store.ts';
import type { OwnWallets } from './own-wallets.ts';
import { proveWallet, type WalletProof } from './prove-wallet.ts';

export interface CapDeps {
  store: Store;
  clock: Clock;
  /** The marketplace's own wallets, which prove nothing. */
  ownWallets: OwnWallets;
  /** Caps that hold for every account, whatever it sets for itself. */
  operatorCaps: Record<Asset, Caps>;
}

/** Who asks: `keyId` null is the operator's key, which owns the operator's account. */
export interface CapCaller {
  accountId: string;
  keyId: string | null;
}

export async function readCaps(deps: CapDeps, caller: CapCaller): Promise<CapsView> {
  const { store, operatorCaps } = deps;
  const { accountId, keyId } = caller;
  const nowMs = deps.clock.nowMs();
  const day = dayOf(nowMs);
  const [caps, balances, spent] = await Promise.all([
    store.caps(accountId),
    store.accountBalances(accountId),
    store.spentOn(accountId, day),
  ]);
  const used = (asset: Asset) => ({
    open: formatAmount(balances[asset].held, asset),
    today: formatAmount(spent[asset], asset),
  });
  return {
    operator: viewAccountCaps(operatorCaps),
    account: viewAccountCaps(caps),
    used: { SOL: used('SOL'), USDC: used('USDC') },
    key: keyId === null ? null : await viewKey(store, keyId, day),
    dayEndsAt: toTimestamp(dayEndsAtMs(nowMs)),
  };
}

/** Sets the account's caps. Its wallet must have signed for it: a key could be in wrong hands. */
export async function setAccountCaps(
  deps: CapDeps,
  caller: CapCaller,
  input: { caps: AccountCapsByAsset; proof?: WalletProof },
  ifMatch: string | null,
): Promise<CapsView> {
  const caps = readAccountCaps(input.caps);
  const isOwner = await provesOwner(deps, caller, input.proof);
  if (!isOwner) throw needsProof();
  await deps.store.changeCaps(caller.accountId, (stored) => {
    assertUnchanged(ifMatch, viewAccountCaps(stored), 0);
    const events = capEvents(deps, caller, caller.accountId, { from: stored, to: caps });
    return { caps, events };
  });
  return readCaps(deps, caller);
}

/** Sets a key's caps. The key itself may make them narrower; all else wants the wallet. */
export async function setKeyCaps(
  deps: CapDeps,
  caller: CapCaller,
  { keyId, ifMatch }: { keyId: string; ifMatch: string | null },
  input: { caps: KeyCapsChange; proof?: WalletProof },
): Promise<{ keyId: string; caps: KeyCapsByAsset }> {
  const key = await deps.store.apiKey(keyId);
  const isOwn = key?.owner.kind === 'account' && key.owner.accountId === caller.accountId;
  if (!isOwn) throw new MarketError('KEY_NOT_FOUND', { keyId });
  const named = namedKeyCaps(input.caps);
  const isOwner = await provesOwner(deps, caller, input.proof);
  const changed = await deps.store.changeCaps(keyId, (stored) => {
    assertUnchanged(ifMatch, viewKeyCaps(stored), 1);
    const caps = { ...stored, ...named };
    const widens = assets.some((asset) => raisesAny(stored[asset], caps[asset]));
    if (!isOwner && (keyId !== caller.keyId || widens)) throw needsProof();
    return { caps, events: capEvents(deps, caller, keyId, { from: stored, to: caps }) };
  });
  return { keyId, caps: viewKeyCaps(changed) };
}

/** Caps as they come with a request; AMOUNT_INVALID for more digits than the asset has. */
export function readKeyCaps(input: KeyCapsByAsset): Record<Asset, Caps> {
  const of = (asset: Asset) => toCaps({ ...input[asset], open: null }, asset);
  return { SOL: of('SOL'), USDC: of('USDC') };
}

function namedKeyCaps(input: KeyCapsChange): Partial<Record<Asset, Caps>> {
  const named = assets.flatMap((asset) => {
    const caps = input[asset];
    return caps === undefined ? [] : [[asset, toCaps({ ...caps, open: null }, asset)]];
  });
  return Object.fromEntries(named);
}

function readAccountCaps(input: AccountCapsByAsset): Record<Asset, Caps> {
  return { SOL: toCaps(input.SOL, 'SOL'), USDC: toCaps(input.USDC, 'USDC') };
}

async function provesOwner(
  deps: CapDeps,
  { accountId, keyId }: CapCaller,
  proof: WalletProof | undefined,
): Promise<boolean> {
  if (keyId === null) return true;
  if (proof === undefined) return false;
  const wallet = await proveWallet(deps, proof, 'account.caps');
  const account = await deps.store.account(accountId);
  if (account?.wallet !== wallet) {
    throw new MarketError('SIGNATURE_INVALID', { detail: 'This wallet does not own the account.' });
  }
  return true;
}

function needsProof(): MarketError {
  const detail =
    'This needs a challenge of purpose account.caps, signed by the wallet of the account.';
  return new MarketError('AUTH_FORBIDDEN', { detail });
}

function capEvents(
  deps: CapDeps,
  caller: CapCaller,
  owner: string,
  { from, to }: Record<'from' | 'to', Record<Asset, Caps>>,
): NewEvent[] {
  const text = (value: BaseUnits | null) => (value === null ? null : String(value));
  const before = (caps: Caps) =>
    [caps.perJob, caps.open, caps.perDay].map((cap) => text(cap) ?? '-');
  return assets.map((asset) => ({
    name: 'caps.changed',
    atMs: deps.clock.nowMs(),
    actor: caller.keyId === null ? 'operator' : 'requester',
    accountId: caller.accountId,
    jobId: null,
    executionId: null,
    reason: null,
    data: {
      owner,
      asset,
      perJob: text(to[asset].perJob),
      open: text(to[asset].open),
      perDay: text(to[asset].perDay),
      before: before(from[asset]).join(' '),
    },
  }));
}

type CapTexts = Record<keyof Caps, string | null>;

function toCaps({ perJob, open, perDay }: CapTexts, asset: Asset): Caps {
  const read = (text: string | null) => (text === null ? null : parseAmount(text, asset));
  return { perJob: read(perJob), open: read(open), perDay: read(perDay) };
}

async function viewKey(store: Store, keyId: string, day: number) {
  const [caps, spent] = await Promise.all([store.caps(keyId), store.spentOn(keyId, day)]);
  return {
    keyId,
    caps: viewKeyCaps(caps),
    used: {
      SOL: { today: formatAmount(spent.SOL, 'SOL') },
      USDC: { today: formatAmount(spent.USDC, 'USDC') },
    },
  };
}

function viewAccountCaps(caps: Record<Asset, Caps>): AccountCapsByAsset {
  return { SOL: viewCaps(caps, 'SOL'), USDC: viewCaps(caps, 'USDC') };
}

export function viewKeyCaps(caps: Record<Asset, Caps>): KeyCapsByAsset {
  const of = (asset: Asset) => {
    const { perJob, perDay } = viewCaps(caps, asset);
    return { perJob, perDay };
  };
  return { SOL: of('SOL'), USDC: of('USDC') };
}

function viewCaps(caps: Record<Asset, Caps>, asset: Asset): CapTexts {
  const text = (value: BaseUnits | null) => (value === null ? null : formatAmount(value, asset));
  const { perJob, open, perDay } = caps[asset];
  return { perJob: text(perJob), open: text(open), perDay: text(perDay) };
}
