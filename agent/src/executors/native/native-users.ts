import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getuid } from 'node:process';
import { listProcessIds, send } from './native-process.ts';
import {
  listWorkspaces,
  type NativeSpec,
  type NativeUser,
  nativePaths,
  readRecord,
} from './native-workspace.ts';

/** Ids that neither people, services, containers nor systemd's own ranges use. */
const trialUid = 60_600;
const uidFirst = trialUid + 1;
export const uidSlots = 512;
const killRounds = 50;

/** Who tools are tried out as, since no job runs as root; null for the agent's own user. */
export function chooseNativeUser(named: NativeUser | undefined): NativeUser | null {
  if (named !== undefined) return named;
  return getuid?.() === 0 ? { uid: trialUid, gid: trialUid } : null;
}

/**
 * A user of its own for each execution of an agent that is root, so that no job reads the files,
 * the secrets or the memory of another. It is taken until the execution is removed.
 */
export class NativeUsers {
  readonly #workspaceRoot: string;
  readonly #held = new Map<string, number>();

  readonly #listRunning: typeof listRunning;

  /** `running` tells the real user of each process of the machine. */
  constructor(workspaceRoot: string, running = listRunning) {
    this.#workspaceRoot = workspaceRoot;
    this.#listRunning = running;
  }

  /** @returns a user nobody has; null when all are taken. */
  async take(executionId: string): Promise<NativeUser | null> {
    const taken = new Set([
      ...(await this.#readRecorded()),
      ...(await this.#listRunning()).values(),
    ]);
    for (const uid of this.#held.values()) taken.add(uid);
    // Another agent of this machine begins elsewhere.
    const first = randomInt(uidSlots);
    for (let step = 0; step < uidSlots; step += 1) {
      const uid = uidFirst + ((first + step) % uidSlots);
      if (taken.has(uid)) continue;
      this.#held.set(executionId, uid);
      return { uid, gid: uid };
    }
    return null;
  }

  /** Ends what still runs as the execution's user, who is the next one's afterwards. */
  async release(executionId: string, recorded: NativeUser | null): Promise<void> {
    const uid = this.#held.get(executionId) ?? recorded?.uid;
    if (uid !== undefined && isSlot(uid)) await this.#killAllOf(uid);
    this.#held.delete(executionId);
  }

  /** One that the system does not let die keeps its user from being taken again. */
  async #killAllOf(uid: number): Promise<void> {
    for (let round = 0; round < killRounds; round += 1) {
      const running = [...(await this.#listRunning())].filter(([, owner]) => owner === uid);
      if (running.length === 0) return;
      for (const [pid] of running) send(pid, 'SIGKILL');
    }
  }

  async #readRecorded(): Promise<number[]> {
    const ids = await listWorkspaces(this.#workspaceRoot);
    const specs = await Promise.all(
      ids.map((id) => readRecord<NativeSpec>(nativePaths(this.#workspaceRoot, id).spec)),
    );
    return specs.flatMap((spec) => (spec?.user ? [spec.user.uid] : []));
  }
}

function isSlot(uid: number): boolean {
  return uid >= uidFirst && uid < uidFirst + uidSlots;
}

/** @returns the real user of each process that is no zombie; none where the system does not tell. */
async function listRunning(): Promise<Map<number, number>> {
  const pids = await listProcessIds();
  const owners = await Promise.all(
    pids.map(async (pid): Promise<[number, number][]> => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      const uid = /^Uid:\s+(\d+)/m.exec(status)?.[1];
      return uid === undefined || /^State:\s+[ZX]/m.test(status) ? [] : [[pid, Number(uid)]];
    }),
  );
  return new Map(owners.flat());
}
