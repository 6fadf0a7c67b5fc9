import { type AdminStats, getAdminStats } from '@node3/shared/routes/admin';
import { type Context, connect } from '../context.ts';
import { formatFacts } from '../output/table.ts';
import { moneyText } from '../output/words.ts';

export async function showStats(context: Context): Promise<number> {
  const { terminal } = context;
  const stats = await connect(context, 'operator').call(getAdminStats, {});
  if (terminal.json) await terminal.object(stats);
  else for (const line of formatStats(stats)) await terminal.data(line);
  return 0;
}

export function formatStats(stats: AdminStats): string[] {
  const { overview, ledger } = stats;
  const { agents, gpus, queue, escrow, paidOut } = overview;
  const oldest = queue.oldestAgeSec === null ? '' : `, oldest ${Math.round(queue.oldestAgeSec)} s`;
  return formatFacts([
    ['cluster', overview.cluster],
    ['jobs', countsText(overview.jobs)],
    ['queue', `${queue.depth} waiting${oldest}`],
    ['agents', `${agents.online} online, ${agents.offline} offline`],
    ['gpus', `${gpus.registered} registered, ${gpus.free} free, ${gpus.simulated} simulated`],
    ['accounts', String(stats.accounts)],
    ['escrow', `${moneyText(escrow.SOL)}, ${moneyText(escrow.USDC)}`],
    ['paid out', `${moneyText(paidOut.SOL)}, ${moneyText(paidOut.USDC)}`],
    ['payouts', countsText(overview.payouts)],
    ['ledger', `${ledger.transfers} transfers, ${ledger.balanced ? 'balanced' : 'NOT BALANCED'}`],
  ]);
}

function countsText(counts: Record<string, number>): string {
  const shown = Object.entries(counts).filter(([, count]) => count > 0);
  return shown.length === 0 ? 'none' : shown.map(([name, count]) => `${count} ${name}`).join(', ');
}
