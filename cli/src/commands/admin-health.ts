import { isMarketError } from '@node3/shared/error';
import { getHealth, type Health } from '@node3/shared/routes/health';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatFacts } from '../output/table.ts';
import { durationText } from '../output/words.ts';

/** Exit code 1 when the marketplace says that it is not healthy. */
export async function showHealth(context: Context): Promise<number> {
  const { terminal } = context;
  const health = await readHealth(context);
  if (terminal.json) await terminal.object(health);
  else for (const line of formatHealth(context.url, health)) await terminal.data(line);
  return health.status === 'unhealthy' ? exitCodes.failure.code : exitCodes.ok.code;
}

/** A marketplace that answers 503 is unhealthy but there: its own words say more than the status. */
async function readHealth(context: Context): Promise<Health> {
  const client = connect(context, 'public');
  try {
    return await client.call(getHealth, {});
  } catch (error) {
    if (isMarketError(error, 'MARKETPLACE_UNREACHABLE')) throw error;
    const reply = await fetch(`${context.url}/health`, { signal: AbortSignal.timeout(5_000) });
    const body: unknown = await reply.json();
    if (typeof body === 'object' && body !== null && 'checks' in body) return body as Health;
    throw error;
  }
}

export function formatHealth(url: string, health: Health): string[] {
  const { store, chain, ledger, payouts } = health.checks;
  const text = (check: Health['checks']['store']) => `${check.state.padEnd(8)}  ${check.detail}`;
  return formatFacts([
    ['marketplace', url],
    ['status', health.status],
    ['version', health.version],
    ['cluster', health.cluster ?? 'unknown'],
    ['up', durationText(health.uptimeSec * 1_000)],
    ['store', text(store)],
    ['chain', text(chain)],
    ['ledger', text(ledger)],
    ['payouts', text(payouts)],
  ]);
}
