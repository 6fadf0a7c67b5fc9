import { getJob, type JobDetail } from '@node3/shared/routes/jobs';
import { type Context, connect } from '../context.ts';
import { describeEnd, runMsOf } from '../job/outcome.ts';
import { formatFacts } from '../output/table.ts';
import { durationText, moneyText, priceText } from '../output/words.ts';
import { requireJobId } from '../parse/job-id.ts';
import type { Call } from '../program/attach-action.ts';

export async function showJob(context: Context, call: Call<object>): Promise<number> {
  const { terminal } = context;
  const jobId = requireJobId(call.args[0]);
  const job = await connect(context, 'requester').call(getJob, { params: { jobId } });
  if (terminal.json) await terminal.object(job);
  else for (const line of formatJob(job)) await terminal.data(line);
  return 0;
}

export function formatJob(job: JobDetail): string[] {
  const { settlement } = job;
  const runMs = runMsOf(job);
  const [, ...why] = describeEnd(job);
  return [
    ...formatFacts([
      ['job', job.jobId],
      ['name', job.name],
      ['state', job.reason === null ? job.state : `${job.state} (${job.reason})`],
      ['exit code', job.exitCode === null ? null : String(job.exitCode)],
      ['attempt', `${job.attempt} of ${job.attemptsMax}`],
      ['waits for', waitsText(job)],
      ['result of', job.cachedFrom],
      ['rerun of', job.rerunOf],
      ['workload', `${job.workload} in ${job.image}`],
      ['gpus', String(job.gpus)],
      ['agent', agentText(job)],
      ['created', job.createdAt],
      ['started', job.startedAt],
      ['finished', job.finishedAt],
      ['ran', runMs === null ? null : durationText(runMs)],
      ['isolation', job.executions.at(-1)?.isolation ?? null],
      ['price', priceText(job.price, job.bidPerGpuHour)],
      ['escrow', `${settlement.state}, ${moneyText(settlement.held)}`],
      ['charged', settlement.charged && moneyText(settlement.charged)],
      ['provider', settlement.providerShare && moneyText(settlement.providerShare)],
      ['fee', settlement.fee && moneyText(settlement.fee)],
      ['released', settlement.refund && moneyText(settlement.refund)],
      ['payout', payoutText(job)],
      ['signature', settlement.payout?.signature ?? null],
      ['explorer', settlement.payout?.explorerUrl ?? null],
    ]),
    ...why,
  ];
}

function waitsText({ after }: JobDetail): string | null {
  if (after.length === 0) return null;
  return after.map(({ jobId, state }) => `${jobId} (${state})`).join(', ');
}

function agentText(job: JobDetail): string | null {
  if (job.agentId === null) return null;
  const simulated = job.simulatedDevice === true ? ', simulated GPU' : '';
  return `${job.agentName ?? 'unnamed'} (${job.agentId}${simulated})`;
}

function payoutText(job: JobDetail): string | null {
  const { payout } = job.settlement;
  if (payout === null) return null;
  const held = payout.holdReason === null ? '' : ` (${payout.holdReason})`;
  return `${payout.state}${held}, ${moneyText(payout.money)} to ${payout.wallet}`;
}
