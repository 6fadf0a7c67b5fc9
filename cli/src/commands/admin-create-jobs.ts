import { isMarketError } from '@node3/shared/error';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { type Context, connect } from '../context.ts';
import { chooseKey, namingKey } from '../http/idempotency-key.ts';
import { moneyText } from '../output/words.ts';
import { type AdminJobOptions, buildAdminJob } from '../parse/admin-job.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';
import { postJob } from './run.ts';

export interface CreateTestJobsOptions {
  count: string;
  reward: string;
  asset: string;
}

/** Posts one job with the operator's key: it is paid from the operator's account. */
export async function createAdminJob(
  context: Context,
  call: Call<AdminJobOptions>,
): Promise<number> {
  const { terminal } = context;
  const client = connect(context, 'operator');
  const spec = buildAdminJob(call.options, context.host.env);
  const key = chooseKey(context);
  const job = await postAsOperator(() => namingKey(key, postJob(client, spec, key)));
  if (terminal.json) await terminal.object(job);
  else await terminal.data(job.jobId);
  await terminal.talk(`${moneyText(job.settlement.held)} held from the operator’s account`);
  return 0;
}

/** The most jobs one call posts, one after the other. */
const countMax = 10_000;

export async function createTestJobs(
  context: Context,
  call: Call<CreateTestJobsOptions>,
): Promise<number> {
  const { terminal } = context;
  const { options } = call;
  const count = parseWholeNumber('--count', options.count, { min: 1, max: countMax });
  const client = connect(context, 'operator');
  const key = chooseKey(context);
  for (let number = 1; number <= count; number += 1) {
    const spec = buildAdminJob({
      jobType: 'test',
      command: ['echo', `test job ${number} of ${count}`],
      reward: options.reward,
      asset: options.asset,
      gpuMemory: '0',
      duration: '60',
      timeout: '300',
    });
    const posted = () => namingKey(key, postJob(client, spec, `${key}.${number}`));
    const job = await postAsOperator(posted);
    if (terminal.json) await terminal.jsonLine(job);
    else await terminal.data(job.jobId);
  }
  return 0;
}

/** The operator's account is filled by the faucet, so the advice names another command. */
async function postAsOperator(post: () => Promise<JobDetail>): Promise<JobDetail> {
  try {
    return await post();
  } catch (error) {
    if (!isMarketError(error, 'FUNDS_INSUFFICIENT')) throw error;
    error.context['operator'] = true;
    throw error;
  }
}
