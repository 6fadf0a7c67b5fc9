import { access, constants, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AgentConfig } from '../config.ts';
import { readDiskFreeBytes } from '../execution/machine.ts';
import { inspectToken, localTokenPath } from '../local-token.ts';
import { describeOpenSeedApi } from '../observability/problems.ts';
import { policyDefaults } from '../policy/policy-defaults.ts';
import { PolicyUnusableError } from '../policy/policy-error.ts';
import { PolicyStore } from '../policy/policy-store.ts';
import { type Check, failed, ok, told, warning } from './check.ts';

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
    return failed('data folder', 'folder.file', { folder: nearest });
  }
  try {
    await access(nearest, constants.W_OK);
    return ok('data folder', 'folder.ok', { folder: dataDir });
  } catch {
    return failed('data folder', 'folder.closed', { folder: nearest, wanted: dataDir });
  }
}

async function findExisting(folder: string): Promise<string> {
  const parent = dirname(folder);
  const found = await stat(folder).catch(() => null);
  return found !== null || parent === folder ? folder : findExisting(parent);
}

async function checkPolicy(config: AgentConfig): Promise<Check[]> {
  const path = join(config.dataDir, 'policy.json');
  try {
    const store = await PolicyStore.open(path, policyDefaults(config));
    const count = Object.keys(store.file).length;
    const floor = store.current.diskFloorBytes;
    return [ok('policy', 'policy.ok', { count }), await checkDisk(config, floor)];
  } catch (error) {
    if (!(error instanceof PolicyUnusableError)) throw error;
    const { text, code, values } = error.said;
    const said = code === undefined ? {} : { ...values, whyCode: code };
    return [failed('policy', 'policy.wrong', { ...said, file: path, why: text })];
  }
}

/** Rounded down to a tenth; of less than one to a thousandth, so that little is not called nothing. */
function toGib(bytes: number): number {
  const gibibytes = bytes / 1024 ** 3;
  const parts = gibibytes < 1 ? 1_000 : 10;
  return Math.floor(gibibytes * parts) / parts;
}

async function checkDisk({ dataDir }: AgentConfig, floorBytes: number): Promise<Check> {
  const free = await readDiskFreeBytes(await findExisting(dataDir));
  if (free === null) {
    return warning('disk', 'disk.unknown', { folder: dataDir });
  }
  const values = { free: toGib(free), floor: toGib(floorBytes) };
  if (free > floorBytes) return ok('disk', 'disk.ok', values);
  return failed('disk', floorBytes > floorBytesMin ? 'disk.kept' : 'disk.full', values);
}

async function checkWallet({ walletPath }: AgentConfig): Promise<Check> {
  const info = await stat(walletPath).catch(() => null);
  if (info === null) {
    return warning('wallet', 'wallet.none', { file: walletPath });
  }
  if (process.platform !== 'win32' && (info.mode & 0o077) !== 0) {
    return failed('wallet', 'wallet.open', { file: walletPath });
  }
  return ok('wallet', 'wallet.ok', { file: walletPath });
}

/** Whether others of this machine are kept from driving the agent. */
async function checkLocalApi({ dataDir, seedApiOpen }: AgentConfig): Promise<Check[]> {
  const path = localTokenPath(dataDir);
  const { fault, token } = await inspectToken(path);
  const checks: Check[] = [];
  if (fault !== null) {
    checks.push(warning('local API', 'token.wrong', { file: path, why: fault }));
  } else if (token !== null) {
    checks.push(ok('local API', 'token.ok', { file: path }));
  }
  if (seedApiOpen === true) checks.push(told('local API', 'warning', describeOpenSeedApi()));
  return checks;
}
