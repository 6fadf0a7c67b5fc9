import { MarketError } from '@node3/shared/error';
import type { JobState } from '@node3/shared/job-state';
import { limits } from '@node3/shared/limits';
import { type BaseUnits, formatAmount } from '@node3/shared/money';
import type { ExecuteRequest } from '@node3/shared/routes/galaksio';
import type {
  BrokerFile,
  BrokerQuote,
  BrokerQuotes,
  BrokerRun,
  BrokerState,
  QuoteRunRequest,
} from '@node3/shared/routes/galaksio-broker';
import type { PublicAgent } from '@node3/shared/routes/marketplace';
import { toTimestamp } from '@node3/shared/schema';
import type { X402Offer } from '../../../payments/x402-port.ts';
import type { JobOutput } from '../../../services/await-job.ts';
import type { ProviderQuote } from '../../../services/quote-providers.ts';
import type { ArtifactRow } from '../../../store/artifact-store.ts';
import type { JobRow } from '../../../store/rows.ts';
import { errorOf } from './galaksio-mapping.ts';

/** Between the words of Galaksio's broker and ours; nothing else knows them. */

const states: Record<JobState, BrokerState> = {
  awaiting_funds: 'awaiting_payment',
  queued: 'queued',
  assigned: 'queued',
  running: 'running',
  succeeded: 'completed',
  failed: 'failed',
  timed_out: 'failed',
  expired: 'failed',
  cancelled: 'failed',
};

/** @param ended what it wrote, and its exit code; null while it is not over. */
export function toBrokerRun(
  { jobId, state, reason }: Pick<JobRow, 'jobId' | 'state' | 'reason'>,
  ended: (Omit<JobOutput, 'job'> & { exitCode: number | null }) | null,
): BrokerRun {
  const status = states[state];
  return {
    jobId,
    status,
    result:
      ended === null
        ? null
        : {
            stdout: ended.stdout,
            stderr: ended.stderr,
            exitCode: ended.exitCode,
            executionTime: ended.runMs,
          },
    error: status === 'failed' ? errorOf(reason, '') : null,
  };
}

interface BrokerData {
  data: string;
  encoding?: 'utf8' | 'base64';
}

/** Throws REQUEST_INVALID for what is no base64, and for too much. */
export function readData({ data, encoding }: BrokerData): Buffer {
  const bytes = Buffer.from(data, encoding ?? 'utf8');
  // Buffer skips what is no base64.
  if (encoding === 'base64' && bytes.toString('base64') !== data) {
    throw invalid('/data', 'must be base64, as encoding says');
  }
  if (bytes.length <= limits.brokerDataBytes) return bytes;
  throw invalid('/data', `must not be longer than ${limits.brokerDataBytes} bytes`);
}

export function readKeepMs(ttlSec: number, keepMs: number, pointer: string): number {
  if (ttlSec * 1_000 <= keepMs) return ttlSec * 1_000;
  throw invalid(pointer, `must not be more than ${keepMs / 1_000}: so long are files kept here`);
}

/** What the seed offers and nobody here could keep. */
export function refuseForever(permanent: boolean | undefined): void {
  if (permanent !== true) return;
  const detail = 'must be left out: nothing is kept here for ever; say how long with ttl';
  throw invalid('/options/permanent', detail);
}

export function refuseRegion(region: string | undefined): void {
  if (region === undefined) return;
  throw invalid('/region', 'must be left out: everything is kept in the one place there is');
}

function invalid(pointer: string, detail: string): MarketError {
  return new MarketError('REQUEST_INVALID', { errors: [{ pointer, detail }] });
}

export function toBrokerFile(
  { artifactId, name, bytes, sha256, expiresAtMs }: ArtifactRow,
  link: { url: string; expiresAt: string },
): BrokerFile {
  return {
    jobId: artifactId,
    status: 'completed',
    url: link.url,
    urlExpiresAt: link.expiresAt,
    filename: name,
    size: bytes,
    sha256: sha256 ?? '',
    permanent: false,
    expiresAt: toTimestamp(expiresAtMs),
    txId: null,
  };
}

/** The code costs nothing: any will do. */
export function toQuotedRun({
  codeSize: _size,
  language,
  ...terms
}: QuoteRunRequest): ExecuteRequest {
  return { ...terms, code: '0', language: language ?? 'python' };
}

export interface QuoteTerms {
  offer: X402Offer | null;
  nowMs: number;
}

export function toRunQuotes(
  { held, providers }: { held: BaseUnits; providers: ProviderQuote[] },
  terms: QuoteTerms,
): BrokerQuotes {
  const quotes = providers.map(({ agentId, agentName, total, now }) =>
    toQuote({ provider: agentName, provider_id: agentId, total, now }, terms),
  );
  return toQuotes(quotes, held, terms);
}

/** Files cost nothing; the quota of an account limits them. */
export function toFileQuotes(terms: QuoteTerms): BrokerQuotes {
  const total = 0n as BaseUnits;
  const own = { provider: 'node3-marketplace', provider_id: null, total, now: true };
  return toQuotes([toQuote(own, terms)], total, terms);
}

interface Quoted extends Pick<BrokerQuote, 'provider' | 'provider_id'> {
  total: BaseUnits;
  now: boolean;
}

function toQuote({ total, now, ...who }: Quoted, { offer, nowMs }: QuoteTerms): BrokerQuote {
  return {
    ...who,
    price_usd: toUsd(total),
    currency: 'USDC',
    network: offer?.networks.v2 ?? null,
    recipient: offer?.payTo ?? null,
    available_now: now,
    expires_at: toTimestamp(nowMs + limits.brokerQuoteSec * 1_000),
  };
}

function toQuotes(quotes: BrokerQuote[], held: BaseUnits, { offer }: QuoteTerms): BrokerQuotes {
  const [best] = quotes;
  return {
    provider: best?.provider ?? null,
    price_usd: best?.price_usd ?? null,
    currency: 'USDC',
    network: offer?.networks.v2 ?? null,
    recipient: offer?.payTo ?? null,
    pay_usd: toUsd(held),
    ttl: limits.brokerQuoteSec,
    quotes,
  };
}

/** What the seed shows. Money itself is never computed with it. */
function toUsd(amount: BaseUnits): number {
  return Number(formatAmount(amount, 'USDC'));
}

export function toProvider({ agentId, name, status, state, devices, deviceAsks }: PublicAgent) {
  const asks = deviceAsks.flatMap(({ USDC }) => (USDC === null ? [] : [Number(USDC.amount)]));
  const takesAnything = asks.length < devices.length || asks.length === 0;
  return {
    id: agentId,
    name,
    operations: ['run' as const],
    available: status === 'online' && state === 'active',
    gpus: devices.map(({ model }) => model),
    price_per_gpu_hour_usd: takesAnything ? null : Math.min(...asks),
  };
}

/** Who keeps files. */
export const ownProvider = {
  id: 'node3-marketplace',
  name: 'node3 marketplace',
  operations: ['store' as const, 'cache' as const],
  available: true,
  gpus: [],
  price_per_gpu_hour_usd: null,
};
