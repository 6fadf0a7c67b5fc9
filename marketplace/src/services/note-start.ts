import type { Asset, BaseUnits } from '@node3/shared/money';
import { assets, formatAmount } from '@node3/shared/money';
import type { Caps } from '../domain/spending-caps.ts';
import type { NewAuditEntry } from '../store/audit-store.ts';

/** What a start says about itself. No key, no path and no address of an endpoint, which may hold one. */
interface StartFacts {
  version: string;
  cluster: string;
  treasury: { wallet: string };
  feeBasisPoints: number;
  holdbackMs: number;
  quoteMs: number;
  registration: string;
  unprovenWallets: string;
  operatorCaps: Record<Asset, Caps>;
  publicUrl: string | null;
  x402: object | null;
  audit: { address: string; retentionDays: number };
}

/** The configuration that holds from now on, for the audit log. */
export function startEntry(parts: StartFacts, atMs: number): NewAuditEntry {
  const { version, cluster, treasury, feeBasisPoints, holdbackMs, quoteMs, audit } = parts;
  const { registration, unprovenWallets, publicUrl, operatorCaps } = parts;
  return {
    atMs,
    action: 'service.started',
    actor: 'operator',
    accountId: null,
    keyId: null,
    ip: null,
    requestId: null,
    target: 'marketplace',
    facts: {
      version,
      cluster,
      treasury: treasury.wallet,
      feeBasisPoints,
      holdbackMs,
      quoteMs,
      registration,
      unprovenWallets,
      publicUrl,
      x402: parts.x402 === null ? 'off' : 'on',
      auditAddress: audit.address,
      auditRetentionDays: audit.retentionDays,
      ...Object.fromEntries(assets.map((asset) => [`caps${asset}`, capsText(operatorCaps, asset)])),
    },
  };
}

function capsText(caps: Record<Asset, Caps>, asset: Asset): string {
  const text = (cap: BaseUnits | null) => (cap === null ? '-' : formatAmount(cap, asset));
  const { perJob, open, perDay } = caps[asset];
  return `job ${text(perJob)}, open ${text(open)}, day ${text(perDay)}`;
}
