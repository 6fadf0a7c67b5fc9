import type { Command } from 'commander';
import type { RerunFlowOptions, RunFlowOptions } from '../commands/flow-runs.ts';
import type { CreateFlowOptions } from '../commands/flows.ts';
import { attachAction, collect, type ProgramState } from './attach-action.ts';

export function addFlowCommands(state: ProgramState, program: Command): void {
  const flow = program.command('flow');
  const loadFlows = async () => import('../commands/flows.ts');
  const loadRuns = async () => import('../commands/flow-runs.ts');

  const create = flow
    .command('create')
    .description('Save a graph of steps; prints its flow id')
    .argument('<file>', 'JSON with start, nodes and edges')
    .option('--name <name>', 'the name of the file where left out')
    .option('--secret <name=value>', 'a name alone takes its value from this shell', collect)
    .option('--version-of <flow>', 'add a version to this flow instead');
  attachAction<CreateFlowOptions>(state, create, async () => (await loadFlows()).createOwnFlow);

  const list = flow
    .command('list')
    .alias('ls')
    .description('Your flows, newest first')
    .option('--limit <n>', 'at most this many', '20');
  attachAction<{ limit: string }>(state, list, async () => (await loadFlows()).listOwnFlows);

  const run = flow
    .command('run')
    .description('Start a run and say what each step does, until its end')
    .argument('<flow>', 'the id of a flow, or a file with a graph')
    .option('--input <file>', 'JSON the steps read as {{input}}; - is standard input')
    .option('--timeout <time>', 'of the whole run, 5m where left out')
    .option('--secret <name=value>', 'a name alone takes its value from this shell', collect)
    .option('-d, --detach', 'print the run id and return');
  attachAction<RunFlowOptions>(state, run, async () => (await loadRuns()).runFlow);

  const get = flow
    .command('get')
    .description('The steps and the result of a run')
    .argument('<run>', 'its id');
  attachAction(state, get, async () => (await loadRuns()).showFlowRun);

  const cancel = flow
    .command('cancel')
    .description('Stop a run with what it is doing at this moment')
    .argument('<run>', 'its id');
  attachAction(state, cancel, async () => (await loadRuns()).cancelFlowRun);

  const rerun = flow
    .command('rerun')
    .description('Run the same graph again, as a new run')
    .argument('<run>', 'one that is over')
    .option('--from <node>', 'keep the outputs of the steps before this one')
    .option('-d, --detach', 'print the run id and return');
  attachAction<RerunFlowOptions>(state, rerun, async () => (await loadRuns()).rerunFlow);
}
