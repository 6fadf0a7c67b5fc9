import { access } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { runDoctor } from '@node3/agent/doctor/run-doctor';
import { readAgentConfig } from '@node3/agent/env';
import { policyDefaults } from '@node3/agent/policy/policy-defaults';
import { PolicyStore } from '@node3/agent/policy/policy-store';
import { readPolicy } from '@node3/agent/policy/read-policy';
import type { Env } from '@node3/shared/env';
import { ensureKeypairFile } from '@node3/shared/keypair-file';
import type { PolicyKey } from '@node3/shared/provider-policy';
import { parsePolicyValue } from '../agent/parse-policy-value.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { readEnvironmentFile, writeEnvironmentFile } from '../init/agent-environment.ts';
import { askText } from '../init/ask.ts';
import { askUrl } from '../init/open-marketplace.ts';
import { askPassphrase } from '../output/ask-passphrase.ts';
import type { Call } from '../program/attach-action.ts';
import { printChecks } from './agent-doctor.ts';

export interface ProviderOptions {
  wallet?: string;
  name?: string;
  dataDir?: string;
  ask?: string;
  hours?: string;
  image?: string;
}

/**
 * Prepares this machine to earn: writes the agent's settings and policy, makes its wallet, and looks at
 * engine, GPUs and all else as `agent doctor` does. Exit code 1 while something would keep it from work.
 */
export async function initialiseProvider(
  context: Context,
  { options }: Call<ProviderOptions>,
  examine: typeof runDoctor = runDoctor,
): Promise<number> {
  const { host, terminal } = context;
  const url = await askUrl(context);
  const path = await askText(context, 'Where does the agent keep its data?', {
    given: options.dataDir,
    offered: await offerDataDir(context),
  });
  const dataDir = resolve(host.cwd, path);
  const walletPath = await askWallet(context, options, dataDir);
  const file = join(dataDir, 'agent.env');
  const name = options.name === undefined ? {} : { AGENT_NAME: options.name };
  await writeEnvironmentFile(file, {
    MARKETPLACE_URL: url,
    AGENT_DATA_DIR: dataDir,
    WALLET_PATH: walletPath,
    ...name,
  });
  const env = { ...host.env, ...(await readEnvironmentFile(file)) };
  await setTerms(context, options, env);
  const config = readAgentConfig(env, { hostname: hostname(), dashboardDir: null });
  const checks = await examine(config, options.image ?? null);
  const isHealthy = checks.every(({ state }) => state !== 'failed');
  if (terminal.json) await terminal.object({ healthy: isHealthy, environmentFile: file, checks });
  else await printChecks(terminal, checks);
  const { command } = host;
  const named = `--environment-file ${shellWord(file)}`;
  const start = `${command} agent start ${named}`;
  if (!isHealthy) await terminal.talk('\nMend what failed, and run this again. Then:');
  await terminal.talk(`\nStart it here:        ${start}`);
  await terminal.talk(`Or at every start:    ${command} agent service install ${named}`);
  return isHealthy ? exitCodes.ok.code : exitCodes.failure.code;
}

/** An agent that was started here stays the one it is, with its wallet. */
async function offerDataDir({ host }: Context): Promise<string> {
  const here = join(host.cwd, '.node3/agent');
  const named = host.env['AGENT_DATA_DIR'];
  if (named !== undefined) return named;
  const isHere = await access(join(here, 'wallet.json')).then(
    () => true,
    () => false,
  );
  return isHere ? here : join(host.homeDir, '.local/share/node3-agent');
}

async function askWallet(
  context: Context,
  { wallet }: ProviderOptions,
  dataDir: string,
): Promise<string> {
  const { host, terminal } = context;
  const question = 'Which wallet is paid? A keypair file, made where there is none';
  const offered = host.env['WALLET_PATH'] ?? join(dataDir, 'wallet.json');
  const path = resolve(host.cwd, await askText(context, question, { given: wallet, offered }));
  const { address } = await ensureKeypairFile(path, askPassphrase(host));
  await terminal.talk(
    `Paid to ${address}. Keep a copy of ${path}: who loses it loses what it earned.`,
  );
  return path;
}

/** What is asked for an hour on a GPU, and when: the two fields of the policy that everyone needs. */
async function setTerms(context: Context, options: ProviderOptions, env: Env): Promise<void> {
  const config = readAgentConfig(env, { hostname: hostname(), dashboardDir: null });
  const store = await PolicyStore.open(join(config.dataDir, 'policy.json'), policyDefaults(config));
  const terms: [PolicyKey, string, string | undefined][] = [
    ['asks', 'The least for an hour on one GPU, such as 0.3 USDC?', options.ask],
    ['hours', 'When may jobs run, such as mon-fri 22:00-08:00?', options.hours],
  ];
  for (const [key, question, given] of terms) {
    const text = await askText(context, question, { given, offered: 'as it is' });
    if (text === 'as it is') continue;
    const value = parsePolicyValue(key, key === 'asks' ? asksOf(text) : text);
    await store.change({ set: readPolicy({ [key]: value }) });
  }
  await context.terminal.talk(`What you allow is in ${store.path}.`);
}

/** `0.3USDC` is meant for every GPU. */
function asksOf(text: string): string {
  return text.includes('=') || text === 'none' ? text : `*=${text}`;
}

function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
