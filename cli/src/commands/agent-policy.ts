import { spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { readAgentConfig } from '@node3/agent/env';
import { policyDefaults } from '@node3/agent/policy/policy-defaults';
import { type PolicyChange, PolicyStore } from '@node3/agent/policy/policy-store';
import { readPolicy } from '@node3/agent/policy/read-policy';
import { writePrivateFile } from '@node3/agent/secrets';
import {
  type PolicyFile,
  type PolicyKey,
  type ProviderPolicy,
  policyKeys,
} from '@node3/shared/provider-policy';
import { changeLocalPolicy, getLocalPolicy } from '@node3/shared/routes/agent-local';
import { askAgent, connectAgent, type LocalAgentOptions } from '../agent/local-agent.ts';
import { parsePolicyKey, parsePolicyValue, showPolicyValue } from '../agent/parse-policy-value.ts';
import { usageError } from '../command-error.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatFacts } from '../output/table.ts';
import type { Call } from '../program/attach-action.ts';

/** What is known of a policy: from the agent that runs, or from its file alone. */
interface KnownPolicy {
  path: string;
  policy: ProviderPolicy;
  decided: readonly PolicyKey[];
  /** What the agent sells because of it now; left out while none runs. */
  closed?: string | null;
  withheld?: { sentence: string }[];
  restartNeed?: string | null;
  problem?: string | null;
}

export async function showPolicy(
  context: Context,
  { options }: Call<LocalAgentOptions>,
): Promise<number> {
  const known =
    (await askAgent(await connectAgent(context, options), getLocalPolicy, {})) ??
    describeStore(await openStore(context));
  await print(context, known);
  return exitCodes.ok.code;
}

export async function setPolicy(
  context: Context,
  { args, options }: Call<LocalAgentOptions>,
): Promise<number> {
  const [name = '', ...words] = args;
  const key = parsePolicyKey(name);
  const text = words.join(' ');
  const change: PolicyChange = /^default$/i.test(text.trim())
    ? { unset: [key] }
    : { set: readPolicy({ [key]: parsePolicyValue(key, text) }) };
  await print(context, await apply(context, options, change));
  return exitCodes.ok.code;
}

/** Opens a copy in the editor; what is wrong is not taken over, and the copy stays. */
export async function editPolicy(
  context: Context,
  { options }: Call<LocalAgentOptions>,
): Promise<number> {
  const { env } = context.host;
  const agent = await connectAgent(context, options);
  const known = await askAgent(agent, getLocalPolicy, {});
  const path = known?.path ?? (await dataPath(context));
  const copy = `${path}.edit`;
  const before = await readFile(path, 'utf8').catch(() => '{}\n');
  await writePrivateFile(copy, before);
  const [program = 'vi', ...rest] = (env['VISUAL'] || env['EDITOR'] || 'vi').split(' ');
  const { error, status } = spawnSync(program, [...rest, copy], { stdio: 'inherit' });
  if (error !== undefined || status !== 0) {
    const why = error?.message ?? `it ended with ${status}`;
    throw usageError(`The editor ${program} did not work: ${why}.`, 'Set EDITOR to one that does.');
  }
  const file = await readCopy(copy);
  if ((await readFile(path, 'utf8').catch(() => '{}\n')) !== before) {
    const fix = `Nothing was changed. What you wrote is in ${copy}.`;
    throw usageError(`${path} was changed while it was open in the editor.`, fix);
  }
  await writeFile(path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
  await rm(copy);
  await context.terminal.talk(`saved ${path}; a running agent takes it over within seconds`);
  return exitCodes.ok.code;
}

async function readCopy(copy: string): Promise<PolicyFile> {
  try {
    return readPolicy(JSON.parse(await readFile(copy, 'utf8')));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw usageError(why, `Nothing was changed. What you wrote is in ${copy}.`);
  }
}

/** Through the agent that runs, so that it holds at once; else into the file. */
async function apply(
  context: Context,
  options: LocalAgentOptions,
  change: PolicyChange,
): Promise<KnownPolicy> {
  const { set, unset } = change;
  const body = { ...(set && { set }), ...(unset && { unset: [...unset] }) };
  const agent = await connectAgent(context, options);
  const answer = await askAgent(agent, changeLocalPolicy, { body });
  if (answer !== null) return answer;
  const store = await openStore(context);
  await store.change(change);
  return describeStore(store);
}

async function dataPath({ host }: Context): Promise<string> {
  const config = readAgentConfig(host.env, { hostname: hostname(), dashboardDir: null });
  return join(resolve(host.cwd, config.dataDir), 'policy.json');
}

async function openStore(context: Context): Promise<PolicyStore> {
  const config = readAgentConfig(context.host.env, { hostname: hostname(), dashboardDir: null });
  return PolicyStore.open(await dataPath(context), policyDefaults(config));
}

function describeStore(store: PolicyStore): KnownPolicy {
  const decided = policyKeys.filter((key) => key in store.file);
  return { path: store.path, policy: store.current, decided };
}

async function print({ terminal }: Context, known: KnownPolicy): Promise<void> {
  if (terminal.json) {
    await terminal.object(known);
    return;
  }
  const { closed, decided, path, policy, problem, restartNeed, withheld } = known;
  const facts = policyKeys.map((key): [string, string] => {
    const from = decided.includes(key) ? '' : '  (default)';
    return [key, `${showPolicyValue(key, policy[key])}${from}`];
  });
  for (const line of formatFacts([['file', path], ...facts])) await terminal.data(line);
  if (closed === undefined)
    await terminal.talk('no agent runs here; it takes this over at its start');
  const notes = [problem, closed, ...(withheld ?? []).map(({ sentence }) => sentence), restartNeed];
  for (const note of notes) if (typeof note === 'string') await terminal.talk(`! ${note}`);
}
