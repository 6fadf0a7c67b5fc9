import { describe, expect, it } from 'vitest';
import { compileFilter, type SeccompProfile } from './compile-filter.ts';
import { filterTarget } from './machine-filter.ts';
import { readSeccompProfile } from './seccomp-profile.ts';

const profile = JSON.parse(readSeccompProfile()) as SeccompProfile;
const [allowed, notPermitted, notThere, killed] = [
  0x7fff_0000, 0x0005_0001, 0x0005_0026, 0x8000_0000,
];
const x32 = 0x4000_0000;

/** Runs a filter as the kernel does, over the 64 bytes that it is given of a call. */
function runFilter(
  program: Buffer,
  call: { number: number; audit: number; args?: bigint[] },
): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call.number, 0);
  data.writeUInt32LE(call.audit, 4);
  for (const [index, value] of (call.args ?? []).entries()) {
    data.writeBigUInt64LE(value, 16 + 8 * index);
  }
  let word = 0;
  for (let at = 0; ; at += 8) {
    const [code, k] = [program.readUInt16LE(at), program.readUInt32LE(at + 4)];
    const jump = (holds: boolean) => 8 * program.readUInt8(at + (holds ? 2 : 3));
    if (code === 0x06) return k;
    if (code === 0x20) word = data.readUInt32LE(k);
    else if (code === 0x54) word = (word & k) >>> 0;
    else if (code === 0x15) at += jump(word === k);
    else if (code === 0x25) at += jump(word > k);
    else if (code === 0x35) at += jump(word >= k);
    else throw new Error(`no instruction has the code ${code}`);
  }
}

describe.each(['x86-64', 'arm64'] as const)('threat 24: the filter for %s', (architecture) => {
  const target = filterTarget(architecture);
  const program = compileFilter(profile, target);
  const { audit } = target;
  const ask = (name: string, ...args: (number | bigint)[]) =>
    runFilter(program, { number: target.numbers[name] ?? -1, audit, args: args.map(BigInt) });

  it('answers every number as the profile says', () => {
    const plain = profile.syscalls
      .filter(({ action, args }) => action === 'SCMP_ACT_ALLOW' && args === undefined)
      .flatMap(({ names }) => names.map((name) => target.numbers[name]));
    const special = profile.syscalls
      .filter(({ args, action }) => args !== undefined || action !== 'SCMP_ACT_ALLOW')
      .flatMap(({ names }) => names.map((name) => target.numbers[name]));
    for (let number = 0; number < 1_024; number += 1) {
      if (special.includes(number)) continue;
      const answer = runFilter(program, { number, audit });
      expect([number, answer]).toEqual([number, plain.includes(number) ? allowed : notPermitted]);
    }
  });

  it('knows each call of the profile by its number', () => {
    expect([ask('read'), ask('openat'), ask('exit_group'), ask('futex')]).toEqual([
      allowed,
      allowed,
      allowed,
      allowed,
    ]);
    expect(target.numbers['openat']).toBe(architecture === 'arm64' ? 56 : 257);
  });

  it('looks at all 64 bits of an argument', () => {
    expect([ask('socket', 1), ask('socket', 2), ask('socket', 10)]).toEqual(Array(3).fill(allowed));
    expect([ask('socket', 16, 3, 0), ask('socket', 16, 3, 4)]).toEqual([allowed, notPermitted]);
    expect([ask('socket', 40), ask('socket', 38), ask('socket', 2n + 2n ** 32n)]).toEqual(
      Array(3).fill(notPermitted),
    );
    expect([ask('personality', 0xffff_ffff), ask('personality', 0x0004_0000)]).toEqual([
      allowed,
      notPermitted,
    ]);
  });

  it('lets processes and threads be made, and no namespace', () => {
    expect([ask('clone', 17), ask('clone', 0x003d_0f00)]).toEqual([allowed, allowed]);
    const namespaces = [0x1000_0000, 0x2000_0000, 0x4000_0000, 0x0002_0000, 0x0800_0000];
    expect(namespaces.map((flag) => ask('clone', flag | 17))).toEqual(
      namespaces.map(() => notPermitted),
    );
    expect(ask('clone3')).toBe(notThere);
  });

  it('ends a process that calls as another architecture does', () => {
    const number = target.numbers['read'] ?? -1;
    expect(runFilter(program, { number, audit: 0x4000_0003 })).toBe(killed);
    expect(runFilter(program, { number: x32 + number, audit })).toBe(notPermitted);
  });
});
