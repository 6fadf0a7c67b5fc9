import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@node3/shared/client';
import type { JobSpecInput } from '@node3/shared/job-spec';
import { loadKeypairFile } from '@node3/shared/keypair-file';
import { fromMoney, type Money, parseAmount, toMoney } from '@node3/shared/money';
import { getAccount } from '@node3/shared/routes/accounts';
import { getJob, type JobDetail } from '@node3/shared/routes/jobs';
import { readBalances } from '../chain/balances.ts';
import { createRpc } from '../chain/rpc.ts';
import { postJob } from '../commands/run.ts';
import type { Context } from '../context.ts';
import { talkingPatience } from '../job/attach.ts';
import { followLog } from '../job/log-stream.ts';
import { describeEnd, isOver } from '../job/outcome.ts';
import { waitForJob } from '../job/watch-progress.ts';
import { sanitiseLine } from '../output/sanitise.ts';
import { durationText, moneyText } from '../output/words.ts';
import type { DataFolder } from './data-folder.ts';
import { demoScript } from './demo-script.ts';
import type { Machine } from './machine.ts';

export interface DemoOptions {
  context: Context;
  folder: DataFolder;
  machine: Machine;
  marketplaceUrl: string;
  rpcUrl: string;
  apiKey: string;
  signal: AbortSignal;
}

/** Above the rent of a fresh wallet, so that the payout leaves at once. */
const reward = toMoney(parseAmount('0.01', 'SOL'), 'SOL');
const payoutMsMax = 60_000;
const pauseMs = 100;

/** Posts the first job as the requester and shows it and its money until the provider is paid. */
export async function runDemo(options: DemoOptions): Promise<JobDetail> {
  const { context, signal } = options;
  const { terminal, host } = context;
  const { bold, dim, green, red } = terminal.talkPaint;
  const client = createClient({ baseUrl: options.marketplaceUrl, apiKey: options.apiKey });
  const before = await readMoney(options);
  const posted = await postJob(client, buildDemo(options.machine), host.ids.secret(24));
  const { jobId } = posted;
  await terminal.talk('');
  await terminal.talk(`  ${bold('first job')}     ${jobId}`);
  await terminal.talk(`  escrow        ${moneyText(posted.settlement.held)} held`);
  await terminal.talk(`  place         ${placeText(options.machine)}`);
  await terminal.talk(`  device        ${deviceText(options.machine)}`);
  const patience = talkingPatience(context, signal);
  for await (const line of followLog({ client, jobId, cursor: { after: 0 }, patience, signal })) {
    await terminal.talk(`  ${dim('|')} ${sanitiseLine(line.text, 'drop')}`);
  }
  const wait = { client, jobId, patience, signal };
  const ended = await waitForJob({ ...wait, done: isOver });
  const [first = '', ...why] = describeEnd(ended);
  const paint = ended.state === 'succeeded' ? green : red;
  await terminal.talk(`  result        ${paint(first)}`);
  for (const line of why) await terminal.talk(`                ${line}`);
  const paid = await waitForPayout(options, ended);
  await printPayout(context, paid);
  await printMoney(context, before, await readMoney(options));
  return paid;
}

function buildDemo(machine: Machine): JobSpecInput {
  const { localImage, isolation } = machine;
  return {
    name: 'first job',
    labels: { demo: 'true' },
    workload: {
      kind: 'script',
      language: 'javascript',
      code: demoScript,
      ...(localImage === null ? {} : { image: localImage }),
    },
    resources: { gpus: { count: 1 }, memoryBytes: 256 * 1024 * 1024 },
    ...(isolation === 'native' ? { placement: { isolationMin: 'native' } } : {}),
    limits: { runSec: 60 },
    price: { kind: 'fixed', reward },
  };
}

function placeText(machine: Machine): string {
  if (machine.isolation === 'native')
    return 'native, as a plain process: there is no container engine here';
  return `a container of ${machine.localImage ?? 'the usual image'}`;
}

function deviceText(machine: Machine): string {
  return machine.gpuSource === 'simulated'
    ? 'simulated GPU: none was found, so the job computes on the processor'
    : `one of ${machine.gpuModels.join(', ')}; the demonstration computes on the processor`;
}

/** Money is moved by the chain, so the payout ends a little after the job. */
async function waitForPayout(options: DemoOptions, ended: JobDetail): Promise<JobDetail> {
  const baseUrl = options.marketplaceUrl;
  const client = createClient({ baseUrl, apiKey: options.apiKey });
  const { clock } = options.context.host;
  const untilMs = clock.monotonicMs() + payoutMsMax;
  let job = ended;
  while (isPaying(job) && clock.monotonicMs() < untilMs) {
    await sleep(pauseMs, undefined, { signal: options.signal });
    job = await client.call(getJob, { params: { jobId: job.jobId } }, { signal: options.signal });
  }
  return job;
}

function isPaying(job: JobDetail): boolean {
  const state = job.settlement.payout?.state ?? null;
  if (state === null) return job.state === 'succeeded';
  return state !== 'finalized' && state !== 'held';
}

async function printPayout(context: Context, job: JobDetail): Promise<void> {
  const { payout } = job.settlement;
  if (payout === null) {
    await context.terminal.talk('  payout        none');
    return;
  }
  const took =
    payout.finalizedAt === null
      ? ''
      : ` ${durationText(Date.parse(payout.finalizedAt) - Date.parse(payout.createdAt))} after the result`;
  await context.terminal.talk(`  payout        ${moneyText(payout.money)} ${payout.state}${took}`);
  if (payout.holdReason !== null)
    await context.terminal.talk(`                ${payout.holdReason}`);
  if (payout.signature === null) return;
  await context.terminal.talk('  signature');
  await context.terminal.talk(`  ${payout.signature}`);
}

interface BothSides {
  requester: Money;
  provider: Money;
}

async function readMoney(options: DemoOptions): Promise<BothSides> {
  const baseUrl = options.marketplaceUrl;
  const client = createClient({ baseUrl, apiKey: options.apiKey });
  const wallet = await loadKeypairFile(options.folder.agentWallet);
  const [account, chain] = await Promise.all([
    client.call(getAccount, {}),
    readBalances(createRpc(options.rpcUrl), wallet.address, null),
  ]);
  const { available, held } = account.balances.SOL;
  return {
    requester: toMoney(fromMoney(available) + fromMoney(held), 'SOL'),
    provider: chain.SOL,
  };
}

async function printMoney(context: Context, before: BothSides, after: BothSides): Promise<void> {
  const { terminal } = context;
  const row = (label: string, from: string, to: string) =>
    terminal.talk(`  ${label.padEnd(26)}${from.padStart(16)}${to.padStart(16)}`);
  await terminal.talk('');
  await row('', 'before', 'after');
  await row('requester’s account', moneyText(before.requester), moneyText(after.requester));
  await row('provider’s wallet on chain', moneyText(before.provider), moneyText(after.provider));
}
