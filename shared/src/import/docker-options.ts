/** The options of `docker run`, and what becomes of each here. */

/** Options that take a value. `-e` and `--env` are one. */
const valued: Record<string, string> = {
  '-e': '--env',
  '-m': '--memory',
  '-w': '--workdir',
  '-v': '--volume',
  '-p': '--publish',
  '-u': '--user',
  '-h': '--hostname',
  '-l': '--label',
  '-a': '--attach',
};
const flags: Record<string, string> = {
  '-i': '--interactive',
  '-t': '--tty',
  '-d': '--detach',
  '-P': '--publish-all',
};

/** Has a meaning for a job. */
export const takenOptions = [
  '--cpus',
  '--entrypoint',
  '--env',
  '--gpus',
  '--memory',
  '--name',
  '--network',
  '--platform',
  '--shm-size',
  '--workdir',
] as const;
export type TakenOption = (typeof takenOptions)[number];

/** So is every job. */
const ownWay = ['--rm', '--detach', '--read-only', '--cap-drop', '--pull', '--quiet'];

export interface OptionNote {
  detail: string;
  fix: string;
}

const typed = {
  detail: 'is left out: nobody can type into a job',
  fix: 'Give the program its input as a file, as a variable or as an argument.',
};
const named = {
  detail: 'is left out: a job has no such name',
  fix: 'Nothing, unless the program needs it.',
};
const setByAgent = {
  detail: 'is left out: the agent sets it for every job',
  fix: 'Nothing, unless the program needs it.',
};

/** The job is the same one without it, or nearly. */
export const warnedOptions: Record<string, OptionNote> = {
  '--interactive': typed,
  '--tty': typed,
  '--attach': typed,
  '--hostname': named,
  '--label': named,
  '--init': setByAgent,
  '--memory-swap': setByAgent,
  '--memory-reservation': setByAgent,
  '--oom-kill-disable': setByAgent,
  '--runtime': setByAgent,
  '--stop-signal': setByAgent,
  '--stop-timeout': setByAgent,
  '--ulimit': setByAgent,
  '--user': setByAgent,
  '--log-driver': setByAgent,
  '--log-opt': setByAgent,
  '--cpu-shares': setByAgent,
  '--pids-limit': setByAgent,
};

const notCalled = {
  detail: 'asks for a port, and nobody can call a job',
  fix: 'Leave it out, and let the program fetch its work or read it from /input.',
};
const noFolders = {
  detail: 'asks for a folder of your machine, and a job runs on somebody else’s',
  fix: 'Leave it out: upload what is read (node3 upload) as an input below /input, and write what is to be kept below /output.',
};
const noRights = {
  detail: 'asks for rights on the machine, and a job has none',
  fix: 'Leave it out: what needs it can not run here.',
};
const othersNetwork = {
  detail: 'changes the network, and a job reaches only the hosts that are named',
  fix: 'Leave it out, and name the hosts that it may reach when you import it.',
};
const noRestart = {
  detail: 'asks for restarts, and each job ends',
  fix: 'Leave it out: a job that an agent lost is tried again by itself.',
};

/** The job would be another one without it. */
export const refusedOptions: Record<string, OptionNote> = {
  '--publish': notCalled,
  '--publish-all': notCalled,
  '--expose': notCalled,
  '--volume': noFolders,
  '--volumes-from': noFolders,
  '--volume-driver': noFolders,
  '--mount': noFolders,
  '--tmpfs': {
    detail: 'asks for a folder in memory; of a job /tmp and /output can be written to',
    fix: 'Leave it out, and let the program write below /tmp.',
  },
  '--env-file': {
    detail: 'names a file of your machine',
    fix: 'Write its lines as --env NAME=VALUE.',
  },
  '--label-file': {
    detail: 'names a file of your machine',
    fix: 'Leave it out.',
  },
  '--privileged': noRights,
  '--cap-add': noRights,
  '--device': noRights,
  '--device-cgroup-rule': noRights,
  '--security-opt': noRights,
  '--group-add': noRights,
  '--pid': noRights,
  '--uts': noRights,
  '--userns': noRights,
  '--cgroupns': noRights,
  '--cgroup-parent': noRights,
  '--sysctl': noRights,
  '--ipc': {
    detail: 'asks for memory shared with the machine, and a job shares none',
    fix: 'Leave it out, and give the program its own with --shm-size, such as --shm-size 8g.',
  },
  '--add-host': othersNetwork,
  '--dns': othersNetwork,
  '--dns-search': othersNetwork,
  '--link': othersNetwork,
  '--ip': othersNetwork,
  '--network-alias': othersNetwork,
  '--restart': noRestart,
};

const unvalued = new Set([
  ...Object.values(flags),
  '--rm',
  '--read-only',
  '--quiet',
  '--init',
  '--oom-kill-disable',
  '--privileged',
]);
const known = new Set<string>([
  ...takenOptions,
  ...ownWay,
  ...Object.keys(warnedOptions),
  ...Object.keys(refusedOptions),
]);

/** Other spellings of the same. */
const synonyms: Record<string, string> = { '--net': '--network', '--net-alias': '--network-alias' };

/** Its long name, and whether a value belongs to it; null for one that is not known here. */
export function findOption(spelling: string): { name: string; takes: 'value' | 'nothing' } | null {
  const name = synonyms[spelling] ?? valued[spelling] ?? flags[spelling] ?? spelling;
  if (!known.has(name)) return null;
  return { name, takes: unvalued.has(name) ? 'nothing' : 'value' };
}

export function isTaken(name: string): name is TakenOption {
  return takenOptions.some((one) => one === name);
}
