import { access, constants, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AgentConfig } from '../config.ts';
import { readDiskFreeBytes } from '../execution/machine.ts';
import { inspectToken, localTokenPath } from '../local-token.ts';
import { describeOpenSeedApi } from '../observability/problems.ts';
import { policyDefaults } from '../policy/policy-defaults.ts';
import { PolicyStore } from '../policy/policy-store.ts';
import { type Check, failed, ok, warning } from './check.ts';

const mebibyte = 1024 ** 2;
/** Less no policy can keep. */
const floorBytesMin = 1024 ** 3;

/** What the agent needs of this machine's files. */
export async function checkMachine(config: AgentConfig): Promise<Check[]> {
  return [
    await checkFolder(config),
    ...(await checkPolicy(config)),
    await checkWallet(config),
    ...(await checkLocalApi(config)),
  ];
}

async function checkFolder({ dataDir }: AgentConfig): Promise<Check> {
  const nearest = await findExisting(dataDir);
  const info = await stat(nearest).catch(() => null);
  if (info?.isDirectory() === false) {
    return failed('data folder', `${nearest} is no folder.`, 'AGENT_DATA_DIR=/path/to/a/folder');
  }
  try {
    await access(nearest, constants.W_OK);
    return ok('data folder', `${dataDir} can be written.`);
  } catch {
    const fix = `sudo mkdir -p ${dataDir} && sudo chown "$USER" ${dataDir}`;
    return failed('data folder', `${nearest} can not be written by this user.`, fix);
  }
}

async function findExisting(folder: string): Promise<string> {
  const parent = dirname(folder);
  const found = await stat(folder).catch(() => null);
  return found !== null || parent === folder ? folder : findExisting(parent);
}

async function checkPolicy(config: AgentConfig): Promise<Check[]> {
  try {
    const path = join(config.dataDir, 'policy.json');
    const store = await PolicyStore.open(path, policyDefaults(config));
    const count = Object.keys(store.file).length;
    const floor = store.current.diskFloorBytes;
    return [ok('policy', `${count} fields are set.`), await checkDisk(config, floor)];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [failed('policy', why, 'node3 agent policy edit')];
  }
}

async function checkDisk({ dataDir }: AgentConfig, floorBytes: number): Promise<Check> {
  const free = await readDiskFreeBytes(await findExisting(dataDir));
  if (free === null) {
    return warning('disk', 'The free disk space is unknown.', `df ${dataDir}`);
  }
  const mib = (bytes: number) => `${Math.floor(bytes / mebibyte)} MiB`;
  if (free > floorBytes) {
    return ok('disk', `${mib(free)} are free, and ${mib(floorBytes)} of them stay yours.`);
  }
  const sentence = `${mib(free)} are free, and the policy keeps ${mib(floorBytes)} of the disk.`;
  const smaller =
    floorBytes > floorBytesMin ? ', or: node3 agent policy set diskFloorBytes 1g' : '';
  return failed('disk', sentence, `docker image prune${smaller}`);
}

async function checkWallet({ walletPath }: AgentConfig): Promise<Check> {
  const info = await stat(walletPath).catch(() => null);
  if (info === null) {
    const fix = 'The first start makes one; to use yours: WALLET_PATH=/path/to/keypair.json';
    return warning('wallet', `There is no wallet at ${walletPath} yet.`, fix);
  }
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
    return failed('wallet', `${walletPath} can be read by others.`, `chmod 600 ${walletPath}`);
  }
  return ok('wallet', `${walletPath} is there.`);
}

/** Whether others of this machine are kept from driving the agent. */
async function checkLocalApi({ dataDir, seedApiOpen }: AgentConfig): Promise<Check[]> {
  const path = localTokenPath(dataDir);
  const { fault, token } = await inspectToken(path);
  const checks: Check[] = [];
  if (fault !== null) {
    const fix = 'Ask as the user of the agent. At its next start it makes a new one.';
    checks.push(warning('local API', `The token in ${path} ${fault}.`, fix));
  } else if (token !== null) {
    checks.push(ok('local API', `Its token is in ${path}.`));
  }
  if (seedApiOpen === true) {
    const { fix, sentence } = describeOpenSeedApi();
    checks.push(warning('local API', sentence, fix));
  }
  return checks;
}
