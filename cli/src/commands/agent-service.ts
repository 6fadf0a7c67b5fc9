import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readAgentConfig, readDataDir } from '@node3/agent/env';
import { CommandError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Call } from '../program/attach-action.ts';
import { installService, type ServiceDeps, uninstallService } from '../service/install-service.ts';
import { runTool } from '../service/run-tool.ts';
import { chooseTarget, type ServiceTarget } from '../service/service-target.ts';

export interface ServiceOptions {
  system?: boolean;
  runAs?: string;
  group?: string[];
  environmentFile?: string;
  print?: boolean;
}

export async function installAgentService(
  context: Context,
  { options }: Call<ServiceOptions>,
): Promise<number> {
  if (options.system === true && options.runAs === undefined) {
    const fix = 'Name one: --run-as node3   (sudo useradd --system --create-home node3)';
    throw new CommandError('usage', 'A system unit needs a user to run as.', fix);
  }
  const target = targetOf(context, options);
  if (options.print === true) {
    await context.terminal.talk(`would be written to ${target.path}`);
    await context.terminal.raw('stdout', target.text);
    return exitCodes.ok.code;
  }
  checkEnvironmentFile(environmentFileOf(context, options));
  await installService(target, depsOf(context));
  await context.terminal.data(`installed ${target.kind}: it runs, and stays after a logout`);
  return exitCodes.ok.code;
}

export async function uninstallAgentService(
  context: Context,
  { options }: Call<ServiceOptions>,
): Promise<number> {
  await uninstallService(targetOf(context, options), depsOf(context));
  return exitCodes.ok.code;
}

/** Exit code 1 when it is not there or does not run. */
export async function showAgentService(
  context: Context,
  { options }: Call<ServiceOptions>,
): Promise<number> {
  const { path, status } = targetOf(context, options);
  if (!existsSync(path)) {
    const fix = 'Install it: node3 agent service install';
    throw new CommandError('failure', `The service is not installed: there is no ${path}.`, fix);
  }
  const { exitCode, output } = await runTool(status.file, status.args);
  await context.terminal.talk(path);
  await context.terminal.data(output === '' ? `${status.file} says nothing` : output);
  return exitCode === 0 ? exitCodes.ok.code : exitCodes.failure.code;
}

/** @throws CommandError where it is not there: the service would know neither its marketplace nor its data. */
function checkEnvironmentFile(file: string): void {
  if (existsSync(file)) return;
  const fix = 'Make it: node3 init --provider   (or name yours: --environment-file FILE)';
  throw new CommandError('failure', `The settings of the agent are missing: ${file}`, fix);
}

function environmentFileOf({ host }: Context, { environmentFile }: ServiceOptions): string {
  return resolve(host.cwd, environmentFile ?? `${readDataDir(host.env)}/agent.env`);
}

function depsOf({ terminal }: Context): ServiceDeps {
  return { run: runTool, say: (line) => terminal.talk(line) };
}

function targetOf(context: Context, options: ServiceOptions): ServiceTarget {
  const { host } = context;
  const { drainMs } = readAgentConfig(host.env, { hostname: 'here', dashboardDir: null });
  const { uid, username } = userInfo();
  const isSystem = options.system === true;
  const mainPath = fileURLToPath(import.meta.resolve('@node3/agent/main'));
  const target = chooseTarget({
    platform: process.platform,
    scope: isSystem ? 'system' : 'user',
    homeDir: host.homeDir,
    userName: username,
    uid: uid < 0 ? null : uid,
    service: {
      nodePath: process.execPath,
      mainPath,
      folder: dirname(dirname(dirname(mainPath))),
      environmentFile: environmentFileOf(context, options),
      user: isSystem ? (options.runAs ?? null) : null,
      groups: options.group ?? ['docker'],
      drainSec: Math.ceil(drainMs / 1_000),
    },
  });
  if (target !== null) return target;
  const fix = 'Start it with what your system has: node3 agent start';
  throw new CommandError('failure', `Services of ${process.platform} are not known here.`, fix);
}
