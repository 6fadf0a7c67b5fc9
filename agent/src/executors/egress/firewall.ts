import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';

/** One job's bridge and the one place on this machine that may be reached from it. */
export interface BridgeDoor {
  /** Interface name of the bridge. */
  bridge: string;
  /** The host's address on it. */
  gateway: string;
  port: number;
}

/**
 * Closes this machine to what comes from a job's bridge. An internal network alone does not: the
 * host's own address on it leads to every service that listens on all addresses.
 */
export interface Firewall {
  readonly name: 'nftables' | 'iptables';
  /** From here on only the door is open; nothing is forwarded either way. Repeating it is fine. */
  protect(door: BridgeDoor): Promise<void>;
  /** Whether the rules of a bridge are still there: other programs flush what they don't know. */
  isProtected(bridge: string): Promise<boolean>;
  /** Unknown bridges are fine. */
  release(bridge: string): Promise<void>;
}

/** Ready to be shown to a person: what is missing, and what to do. */
export interface FirewallMissing {
  sentence: string;
  fix: string;
}

const commandMs = 10_000;
const folders = ['/usr/sbin', '/sbin', '/usr/bin', '/usr/local/sbin'];

/** @returns a firewall that works here, tried out; otherwise why there is none. */
export async function findFirewall(): Promise<Firewall | FirewallMissing> {
  if (process.platform !== 'linux') {
    return { sentence: 'Networks of jobs need Linux.', fix: 'Offer them from a Linux machine.' };
  }
  if (process.getuid?.() !== 0) {
    const sentence = 'Only root may set the firewall rules that keep jobs off this machine.';
    return { sentence, fix: 'Run the agent as root (the service of the guide does).' };
  }
  const nft = findProgram('nft');
  if (nft !== null && (await succeeds(nft, ['list', 'tables']))) return new Nftables(nft);
  const v4 = findProgram('iptables');
  const v6 = findProgram('ip6tables');
  if (v4 !== null && v6 !== null && (await succeeds(v4, ['-w', '-S', 'INPUT']))) {
    return new Iptables([v4, v6]);
  }
  const sentence = 'No firewall tool works here, so jobs could reach services of this machine.';
  return { sentence, fix: 'Install nftables (or iptables) and a kernel that has it.' };
}

function findProgram(name: string): string | null {
  return folders.map((folder) => `${folder}/${name}`).find((file) => existsSync(file)) ?? null;
}

/** A table of its own for each bridge: nothing of it touches the rules of anybody else. */
export class Nftables implements Firewall {
  readonly name = 'nftables';
  readonly #program: string;

  constructor(program: string) {
    this.#program = program;
  }

  async protect(door: BridgeDoor): Promise<void> {
    await runCommand(this.#program, ['-f', '-'], nftScript(door));
  }

  async isProtected(bridge: string): Promise<boolean> {
    const list = ['list', 'table', 'inet', nftTable(bridge)];
    const rules = await runCommand(this.#program, list).catch(() => '');
    return nftHolds(rules, bridge);
  }

  async release(bridge: string): Promise<void> {
    const table = nftTable(bridge);
    // Deleting what is not there is an error, adding what is there is none.
    await runCommand(
      this.#program,
      ['-f', '-'],
      `add table inet ${table}\ndelete table inet ${table}\n`,
    );
  }
}

/** What must stand in a table as nft lists it: others may flush one of its chains alone. */
export function nftHolds(listed: string, bridge: string): boolean {
  const [, input = '', forward = ''] = listed.split(/chain (?:input|forward) \{/);
  const from = `iifname "${bridge}" drop`;
  const to = `oifname "${bridge}" drop`;
  return input.includes(from) && forward.includes(from) && forward.includes(to);
}

function nftTable(bridge: string): string {
  return `node3_${bridge}`;
}

/**
 * Applied as one transaction. It comes before the usual chains, where an accept decides nothing for
 * others and a drop is final.
 */
export function nftScript({ bridge, gateway, port }: BridgeDoor): string {
  const table = nftTable(bridge);
  return `add table inet ${table}
delete table inet ${table}
table inet ${table} {
  chain input {
    type filter hook input priority -10; policy accept;
    iifname "${bridge}" ip daddr ${gateway} tcp dport ${port} accept
    iifname "${bridge}" drop
  }
  chain forward {
    type filter hook forward priority -10; policy accept;
    iifname "${bridge}" drop
    oifname "${bridge}" drop
  }
}
`;
}

/** Rules at the head of the usual chains, found again by the name of the bridge. */
export class Iptables implements Firewall {
  readonly name = 'iptables';
  readonly #programs: readonly [string, string];

  constructor(programs: readonly [string, string]) {
    this.#programs = programs;
  }

  async protect(door: BridgeDoor): Promise<void> {
    const [v4, v6] = this.#programs;
    const rules = [
      ...iptablesRules(door, 'ipv4').map((rule) => ({ program: v4, rule })),
      ...iptablesRules(door, 'ipv6').map((rule) => ({ program: v6, rule })),
    ];
    const set = await Promise.all(
      rules.map(({ program, rule }) => succeeds(program, ['-w', '-C', ...rule])),
    );
    // What stands is not taken away for a moment: a job may be running behind it.
    if (set.every(Boolean)) return;
    await this.release(door.bridge);
    // The last one comes first in the chain.
    for (const { program, rule } of rules) await runCommand(program, ['-w', '-I', ...rule]);
  }

  async isProtected(bridge: string): Promise<boolean> {
    const drops = iptablesDrops(bridge);
    const rules = this.#programs.flatMap((program) => drops.map((drop) => ({ program, drop })));
    const set = await Promise.all(
      rules.map(({ program, drop }) => succeeds(program, ['-w', '-C', ...drop])),
    );
    return set.every(Boolean);
  }

  async release(bridge: string): Promise<void> {
    for (const program of this.#programs) {
      for (const chain of ['INPUT', 'FORWARD']) {
        const rules = await runCommand(program, ['-w', '-S', chain]);
        const ours = rules.split('\n').filter((rule) => rule.split(' ').includes(bridge));
        for (const rule of ours) {
          await runCommand(program, ['-w', '-D', ...rule.split(' ').slice(1)]);
        }
      }
    }
  }
}

/** In the order in which each is put before the others. */
export function iptablesRules(
  { bridge, gateway, port }: BridgeDoor,
  family: 'ipv4' | 'ipv6',
): string[][] {
  const drops = iptablesDrops(bridge);
  if (family === 'ipv6') return drops;
  const door = ['-i', bridge, '-d', gateway, '-p', 'tcp', '--dport', String(port), '-j', 'ACCEPT'];
  return [...drops, ['INPUT', ...door]];
}

function iptablesDrops(bridge: string): string[][] {
  return [
    ['FORWARD', '-o', bridge, '-j', 'DROP'],
    ['FORWARD', '-i', bridge, '-j', 'DROP'],
    ['INPUT', '-i', bridge, '-j', 'DROP'],
  ];
}

async function succeeds(program: string, args: string[]): Promise<boolean> {
  try {
    await runCommand(program, args);
    return true;
  } catch {
    return false;
  }
}

/** @returns what it printed. @throws what it said when it failed. */
function runCommand(program: string, args: string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { timeout: commandMs, env: {}, maxBuffer: 4 * 1024 * 1024 };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program}: ${stderr.trim() || error.message}`, { cause: error }));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
