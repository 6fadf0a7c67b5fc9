import type { Command } from 'commander';
import type { LocalAgentOptions } from '../agent/local-agent.ts';
import type { DashboardOptions } from '../commands/agent-dashboard.ts';
import type { DoctorOptions } from '../commands/agent-doctor.ts';
import type { EarningsOptions } from '../commands/agent-earnings.ts';
import type { LeaveOptions } from '../commands/agent-life.ts';
import type { ServiceOptions } from '../commands/agent-service.ts';
import type { StartOptions } from '../commands/agent-start.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';

/** What a provider does on the machine that the agent runs on. */
export function addOwnAgentCommands(state: ProgramState, program: Command): void {
  const agent = program.command('agent');
  const detect = agent
    .command('detect')
    .summary('the GPUs of this machine, and what keeps one from working')
    .description(
      'Looks for GPUs as the agent does and reads each one once. Needs no marketplace.\n' +
        'Ends with 1 when there is hardware that does not work, and with 0 without any.',
    );
  attachAction(state, detect, async () => (await import('../commands/agent-detect.ts')).detectGpus);
  const doctor = agent
    .command('doctor')
    .summary('whether jobs can run here, and what mends what is missing')
    .description(
      'Looks at files, policy, wallet, marketplace, clock, GPUs and engine, and starts a real\n' +
        'container as a job would be started. Ends with 1 when anything failed.',
    )
    .option('--image <image>', 'an image with a shell; by default one of this machine’s own files');
  attachAction<DoctorOptions>(
    state,
    doctor,
    async () => (await import('../commands/agent-doctor.ts')).examine,
  );
  addLifeCommands(state, agent);
  addPolicyCommands(state, agent);
  addUnitCommands(state, agent);
}

const withUrl = (command: Command) =>
  command
    .option(
      '--agent-url <url>',
      'the agent’s page; else AGENT_PORT, else as noted in AGENT_DATA_DIR',
    )
    .option('--token-file <file>', 'its token; else local-token in AGENT_DATA_DIR');

function addLifeCommands(state: ProgramState, agent: Command): void {
  const load = () => import('../commands/agent-life.ts');
  const start = agent
    .command('start')
    .summary('run the agent here until it ends')
    .description(
      'Settings come from the environment, and where that says nothing from a file of them:\n' +
        'docs/reference/settings.md.\n' +
        'Ctrl-C lets running jobs finish for DRAIN_SEC; a second one stops at once.',
    )
    .option('--environment-file <file>', 'lines NAME=value, as init --provider writes them');
  attachAction<StartOptions>(
    state,
    start,
    async () => (await import('../commands/agent-start.ts')).runAgent,
  );
  const status = withUrl(agent.command('status')).description(
    'What the running agent does, and why',
  );
  const loadStatus = () => import('../commands/agent-status.ts');
  attachAction<LocalAgentOptions>(state, status, async () => (await loadStatus()).showAgentStatus);
  const dashboard = withUrl(agent.command('dashboard'))
    .summary('the address of the agent’s page, with the way in')
    .description(
      'Prints the address of the agent’s page with its token: keep it to yourself.\n' +
        'The page keeps you signed in for 30 days.',
    )
    .option('--open', 'open it in your browser as well');
  attachAction<DashboardOptions>(
    state,
    dashboard,
    async () => (await import('../commands/agent-dashboard.ts')).showDashboardLink,
  );
  const pause = withUrl(agent.command('pause')).description('Take no new jobs until resume');
  attachAction<LocalAgentOptions>(state, pause, async () => (await load()).pauseAgent);
  const resume = withUrl(agent.command('resume')).description('Take jobs again');
  attachAction<LocalAgentOptions>(state, resume, async () => (await load()).resumeAgent);
  const drain = withUrl(agent.command('drain'))
    .description('Take no new jobs, let running ones finish and end the agent')
    .option('--wait <time>', 'wait so long for the end, such as 30m; exit code 1 when it runs on');
  attachAction<LeaveOptions>(state, drain, async () => (await load()).drainAgent);
  const stop = withUrl(agent.command('stop')).description(
    'End the agent at once; running jobs go on and its next start takes them over',
  );
  attachAction<LocalAgentOptions>(state, stop, async () => (await load()).stopLocalAgent);
}

function addPolicyCommands(state: ProgramState, agent: Command): void {
  const earnings = withUrl(agent.command('earnings'))
    .description('What was earned, and for each GPU what it asks, earns and costs')
    .option('--results', 'each of the latest results, newest first')
    .option('--csv', 'one line for each GPU, or result; unknown is empty');
  attachAction<EarningsOptions>(
    state,
    earnings,
    async () => (await import('../commands/agent-earnings.ts')).showEarnings,
  );
  const load = () => import('../commands/agent-policy.ts');
  const policy = agent.command('policy').description('What you allow on this machine, and when');
  const show = withUrl(policy.command('show')).description('Every field, and what is sold now');
  attachAction<LocalAgentOptions>(state, show, async () => (await load()).showPolicy);
  const set = withUrl(policy.command('set'))
    .description('Set one field; none takes its limit away, default gives it back to the settings')
    .argument('<key>', 'such as hours')
    .argument('<value...>', 'such as "mon-fri 22:00-08:00, sat-sun 00:00-24:00"');
  attachAction<LocalAgentOptions>(state, set, async () => (await load()).setPolicy);
  const edit = withUrl(policy.command('edit')).description('Open it in your editor');
  attachAction<LocalAgentOptions>(state, edit, async () => (await load()).editPolicy);
}

function addUnitCommands(state: ProgramState, agent: Command): void {
  const load = () => import('../commands/agent-service.ts');
  const service = agent
    .command('service')
    .description('Have this machine start the agent: systemd, launchd or the Task Scheduler');
  const one = (name: string, description: string) =>
    service
      .command(name)
      .description(description)
      .option('--system', 'for the machine, not for you');
  const install = one('install', 'Write it, start it, and see that it runs and stays')
    .option('--run-as <user>', 'with --system: the user it runs as')
    .option('--group <name>', 'with --system: a group beside that of the user', collect)
    .option(
      '--environment-file <file>',
      'lines NAME=value; by default agent.env in the data folder',
    )
    .option('--print', 'only print what would be written');
  attachAction<ServiceOptions>(state, install, async () => (await load()).installAgentService);
  const uninstall = one('uninstall', 'Stop it and take it away; data and wallet stay').option(
    '--run-as <user>',
    'with --system: the user it runs as',
  );
  attachAction<ServiceOptions>(state, uninstall, async () => (await load()).uninstallAgentService);
  const status = one(
    'status',
    'What the system says of it; exit code 1 when it does not run',
  ).option('--run-as <user>', 'with --system: the user it runs as');
  attachAction<ServiceOptions>(state, status, async () => (await load()).showAgentService);
}
