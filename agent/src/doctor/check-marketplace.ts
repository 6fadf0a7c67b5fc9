import { ConfigError } from '@node3/shared/env';
import { getLive } from '@node3/shared/routes/health';
import { Check as isValid } from 'typebox/value';
import { type AgentConfig, checkMarketplaceUrl, marketplaceUrlUsual } from '../config.ts';
import { type Check, failed, ok, skipped } from './check.ts';

const answerMsMax = 5_000;
/** Signed challenges are refused beyond a few minutes; this is well below. */
const skewMsMax = 30_000;

export interface MarketplaceDeps {
  fetch: typeof fetch;
  nowMs(): number;
  monotonicMs(): number;
}

/** Whether the marketplace answers, and whether both clocks tell the same time. */
export async function checkMarketplace(
  config: AgentConfig,
  deps: MarketplaceDeps,
): Promise<Check[]> {
  const { marketplaceUrl } = config;
  try {
    checkMarketplaceUrl(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [failed('marketplace', 'marketplace.url', { why: error.message })];
  }
  const startedMs = deps.monotonicMs();
  try {
    const signal = AbortSignal.timeout(answerMsMax);
    const response = await deps.fetch(`${marketplaceUrl}/livez`, { signal, redirect: 'error' });
    const body = await response.text();
    const tookMs = deps.monotonicMs() - startedMs;
    if (!response.ok) {
      const values = { url: marketplaceUrl, status: response.status };
      return [failed('marketplace', 'marketplace.status', values)];
    }
    if (!isAlive(body)) {
      return [failed('marketplace', 'marketplace.other', { url: marketplaceUrl })];
    }
    return [
      ok('marketplace', 'marketplace.ok', { url: marketplaceUrl, ms: Math.round(tookMs) }),
      checkClock(response.headers.get('date'), deps.nowMs(), tookMs),
    ];
  } catch (error) {
    const values = { url: marketplaceUrl, why: causeOf(error) };
    const isUsual = marketplaceUrl === marketplaceUrlUsual;
    return [failed('marketplace', isUsual ? 'marketplace.usual' : 'marketplace.silent', values)];
  }
}

function isAlive(body: string): boolean {
  try {
    return isValid(getLive.schema.response[200], JSON.parse(body));
  } catch {
    return false;
  }
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  // A timeout has a number there.
  const code: unknown = (cause as NodeJS.ErrnoException).code;
  if (typeof code === 'string') return code;
  return cause instanceof Error ? cause.message : String(cause);
}

/** `Date` has whole seconds, and the answer was on its way for a while. */
export function checkClock(date: string | null, nowMs: number, tookMs: number): Check {
  const theirsMs = Date.parse(date ?? '');
  if (Number.isNaN(theirsMs)) return skipped('clock', 'clock.untold');
  const skewMs = Math.max(0, Math.abs(nowMs - theirsMs - 500) - 500 - tookMs);
  const values = { seconds: Math.round(skewMs / 1000) };
  return skewMs <= skewMsMax
    ? ok('clock', 'clock.ok', values)
    : failed('clock', 'clock.wrong', values);
}
