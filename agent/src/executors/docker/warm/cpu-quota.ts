import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** As engines write it, microseconds. */
const periodUs = 100_000;

/** The first process of a container, as this machine numbers it. */
export interface QuotaTarget {
  pid: number;
  containerId: string;
}

/**
 * Gives a running container its share of the processors by the kernel's own files, in less than a
 * millisecond: an engine starts a program for that, which takes twenty. No disk is behind them, so
 * nothing is waited for.
 * @returns whether it was done, and the container runs: not where a file is out of reach, the
 * process is another's by now, or the container is paused.
 */
export function setCpuQuota(
  { containerId, pid }: QuotaTarget,
  nanoCpus: number,
  root = '/',
): boolean {
  try {
    const text = readFileSync(join(root, `proc/${pid}/cgroup`), 'utf8');
    const groups = text.split('\n').flatMap((line) => readGroup(line, containerId));
    const unified = groups.find(({ controllers }) => controllers === '');
    const group = findGroup(groups, 'cpu') ?? unified;
    if (group === undefined || !isThawed(findGroup(groups, 'freezer') ?? unified, root))
      return false;
    const quotaUs = Math.round((nanoCpus * periodUs) / 1e9);
    const [name, value] =
      group === unified
        ? ['cpu.max', `${quotaUs} ${periodUs}`]
        : ['cpu.cfs_quota_us', String(quotaUs)];
    writeFileSync(join(folderOf(group, root), name), value, { flag: 'r+' });
    return true;
  } catch {
    return false;
  }
}

interface Group {
  /** With commas between them; none in the unified hierarchy. */
  controllers: string;
  path: string;
}

/** A line is `number:controllers:path`. */
function readGroup(line: string, containerId: string): Group[] {
  const [, controllers = '', path = ''] = line.split(':');
  return path.includes(containerId) ? [{ controllers, path }] : [];
}

function findGroup(groups: readonly Group[], controller: string): Group | undefined {
  return groups.find(({ controllers }) => controllers.split(',').includes(controller));
}

function folderOf({ controllers, path }: Group, root: string): string {
  return join(root, 'sys/fs/cgroup', controllers, path);
}

/** Engines pause a container by its freezer. Throws where that is out of reach. */
function isThawed(freezer: Group | undefined, root: string): boolean {
  if (freezer === undefined) return false;
  const [name, thawed] =
    freezer.controllers === '' ? ['cgroup.freeze', '0'] : ['freezer.state', 'THAWED'];
  return readFileSync(join(folderOf(freezer, root), name), 'utf8').trim() === thawed;
}
