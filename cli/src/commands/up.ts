import { relative, resolve } from 'node:path';

import { createLogger } from '@node3/shared/logger';
import { readLogLevel } from '@node3/shared/read-log-level';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { leaveOnInterrupt } from '../job/interrupt.ts';
import { durationText, moneyText } from '../output/words.ts';
import type { Call } from '../program/attach-action.ts';
import { ensureAdminKey, openDataFolder } from '../up/data-folder.ts';
import { findDashboard } from '../up/find-dashboard.ts';
import { fundOperator, fundRequester, type Requester } from '../up/fund-requester.ts';
import { lockFolder } from '../up/lock-file.ts';
import { inspectMachine, type Machine } from '../up/machine.ts';
import { assertPortsFree } from '../up/ports.ts';
import { rememberMarketplace } from '../up/remember-marketplace.ts';
import { runDemo } from '../up/run-demo.ts';
import {
  Closers,
  type StackDeps,
  type StackOptions,
  startChain,
  startMarket,
  startProvider,
} from '../up/start-stack.ts';
import { realStarters, type Starters } from '../up/starters.ts';
import { createSteps } from '../up/steps.ts';
import { formatAddresses, formatNextSteps, type SummaryFacts } from '../up/summary.ts';
import { explainServicePort, type PortOptions, portWishes, readPorts } from '../up/up-ports.ts';

export interface UpOptions extends PortOptions {
  demo?: boolean;
  dataDir: string;
}

/** `node3 up`: a whole marketplace on this machine, until Ctrl-C. */
export function runUp(context: Context, call: Call<UpOptions>): Promise<number> {
  return up(context, call.options, realStarters);
}

export async function up(
  context: Context,
  options: UpOptions,
  starters: Starters,
): Promise<number> {
  const { terminal, host } = context;
  const ports = readPorts(options);
  const root = resolve(host.cwd, options.dataDir);
  const folder = await openDataFolder(root);
  const lock = await lockFolder(root);
  const closers = new Closers();
  const leave = new AbortController();
  const watch = leaveOnInterrupt(host, leave);
  try {
    await assertPortsFree(portWishes(ports, options));
    const logLevel = readLogLevel(host.env, 'error');
    const log = createLogger({ name: 'up', level: logLevel });
    const steps = createSteps(terminal, host.clock);
    await terminal.talk(`${terminal.talkPaint.bold('node3')}, everything on this machine\n`);
    const machine = await steps.run(
      'machine',
      () => inspectMachine({ host, log }),
      describeMachine,
    );
    if (machine.isolation === 'native') await sayNative(context, machine, options);
    const stack: StackOptions = {
      ...ports,
      folder,
      machine,
      adminApiKey: await ensureAdminKey(folder.adminKey, host.ids),
      dashboardDir: findDashboard(),
      logLevel,
    };
    await serve(context, options, { host, starters, steps, closers, log }, stack, leave.signal);
    return exitCodes.ok.code;
  } catch (error) {
    if (leave.signal.aborted) return exitCodes.ok.code;
    throw explainServicePort(error, ports);
  } finally {
    if (watch.signal !== null) await terminal.talk('\nstopping; Ctrl-C again leaves at once');
    try {
      await closers.close((name) => terminal.talk(`  ${name}`));
    } finally {
      watch.close();
      await lock.release();
    }
  }
}

async function serve(
  context: Context,
  options: UpOptions,
  deps: StackDeps,
  stack: StackOptions,
  signal: AbortSignal,
): Promise<void> {
  const { terminal, host } = context;
  const { folder, adminApiKey } = stack;
  const rpcUrl = await startChain(deps, stack);
  signal.throwIfAborted();
  const { url: marketplaceUrl, grpcAddress } = await startMarket(deps, stack, rpcUrl);
  signal.throwIfAborted();
  const requester = await deps.steps.run(
    'money',
    async () => {
      const funding = { folder, marketplaceUrl, rpcUrl };
      const [funded] = await Promise.all([
        fundRequester(funding),
        fundOperator(marketplaceUrl, adminApiKey),
      ]);
      return funded;
    },
    describeFunding,
  );
  signal.throwIfAborted();
  const agent =
    options.agent === false ? null : await startProvider(deps, stack, { rpcUrl, marketplaceUrl });
  signal.throwIfAborted();
  const { apiKey } = requester;
  await rememberMarketplace(context.configPath, marketplaceUrl, {
    apiKey,
    adminApiKey,
    walletPath: folder.requesterWallet,
    rpcUrl,
  });
  if (options.demo === true && agent !== null) {
    const { machine } = stack;
    const job = await runDemo({
      context,
      folder,
      machine,
      marketplaceUrl,
      rpcUrl,
      apiKey,
      signal,
    });
    const paid = job.settlement.payout?.state === 'finalized';
    const took = durationText(host.clock.monotonicMs() - host.startedMs);
    await terminal.talk('');
    await terminal.talk(`  from the command to ${paid ? 'paid' : 'here, not yet paid'}: ${took}`);
  }
  const facts: SummaryFacts = {
    marketplaceUrl,
    agent,
    grpcAddress,
    rpcUrl,
    apiKey,
    dataDir: relative(host.cwd, folder.root) || '.',
    dashboard: stack.dashboardDir === null ? 'missing' : 'built',
  };
  await printSummary(context, facts, stack.machine.isolation);
  await untilAborted(signal);
}

function describeMachine(machine: Machine): string {
  const gpu =
    machine.gpuSource === 'simulated' ? 'simulated GPU (none found)' : machine.gpuModels.join(', ');
  return `${gpu}; ${machine.isolation === 'container' ? machine.engineSentence : 'no engine'}`;
}

/** Without an engine there is no wall around a job, so it is said before anything runs. */
async function sayNative(
  context: Context,
  { engineSentence }: Machine,
  { demo }: UpOptions,
): Promise<void> {
  const { terminal } = context;
  const { bold } = terminal.talkPaint;
  const what = demo === true ? 'The demonstration and every other job' : 'Every job';
  await terminal.talk(`\n  ${bold(engineSentence)}`);
  await terminal.talk(`  ${what} that allows it runs natively: as a plain process of`);
  await terminal.talk(
    '  this machine, which sees its files and network. Only programs of this machine can post.\n',
  );
}

function describeFunding(requester: Requester): string {
  const { SOL } = requester.account.balances;
  return requester.deposited === null
    ? `requester has ${moneyText(SOL.available)}`
    : `requester deposited ${moneyText(requester.deposited)} on chain`;
}

async function printSummary(
  context: Context,
  facts: SummaryFacts,
  isolation: Machine['isolation'],
): Promise<void> {
  const { terminal, host } = context;
  if (terminal.json) {
    const { agent, marketplaceUrl, rpcUrl, dataDir } = facts;
    const agentUrl = agent?.url ?? null;
    await terminal.jsonLine({ marketplaceUrl, agentUrl, rpcUrl, dataDir });
    return;
  }
  await terminal.talk('');
  for (const line of formatAddresses(facts)) await terminal.data(line);
  await terminal.talk('');
  for (const line of formatNextSteps(host.command, isolation)) await terminal.talk(line);
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
