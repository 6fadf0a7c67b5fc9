import { ConfigError } from '@node3/shared/env';
import { getLive } from '@node3/shared/routes/health';
import { Check as isValid } from 'typebox/value';
import { type AgentConfig, checkMarketplaceUrl } from '../config.ts';
import { type Check, failed, ok } from './check.ts';

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
    return [failed('marketplace', error.message, `MARKETPLACE_URL=https://…`)];
  }
  const startedMs = deps.monotonicMs();
  try {
    const signal = AbortSignal.timeout(answerMsMax);
    const response = await deps.fetch(`${marketplaceUrl}/livez`, { signal, redirect: 'error' });
    const body = await response.text();
    const tookMs = deps.monotonicMs() - startedMs;
    if (!response.ok) {
      const sentence = `${marketplaceUrl} answers with HTTP ${response.status}.`;
      return [failed('marketplace', sentence, `curl -i ${marketplaceUrl}/livez`)];
    }
    if (!isAlive(body)) {
      const sentence = `${marketplaceUrl} answers, but not as a marketplace does.`;
      return [failed('marketplace', sentence, 'MARKETPLACE_URL=https://…')];
    }
    const sentence = `${marketplaceUrl} answers within ${Math.round(tookMs)} ms.`;
    return [
      ok('marketplace', sentence),
      checkClock(response.headers.get('date'), deps.nowMs(), tookMs),
    ];
  } catch (error) {
    const sentence = `${marketplaceUrl} does not answer: ${causeOf(error)}.`;
    return [failed('marketplace', sentence, `curl -i ${marketplaceUrl}/livez`)];
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
  if (Number.isNaN(theirsMs)) {
    return {
      name: 'clock',
      state: 'skipped',
      sentence: 'The marketplace tells no time.',
      fix: null,
    };
  }
  const skewMs = Math.max(0, Math.abs(nowMs - theirsMs - 500) - 500 - tookMs);
  const sentence = `This clock differs from the marketplace’s by ${Math.round(skewMs / 1000)} s.`;
  if (skewMs <= skewMsMax) return ok('clock', sentence);
  const fix = 'sudo timedatectl set-ntp true   (macOS: sudo sntp -sS time.apple.com)';
  return failed('clock', sentence, fix);
}
