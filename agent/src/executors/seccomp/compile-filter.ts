import { Buffer } from 'node:buffer';
import { assert } from '@node3/shared/assert';

/** The part of the engine's profile format that our profile uses. */
export interface SeccompProfile {
  defaultErrnoRet: number;
  syscalls: readonly SeccompRule[];
}

interface SeccompRule {
  names: readonly string[];
  action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO';
  errnoRet?: number;
  /** All of them have to hold. */
  args?: readonly SeccompArgument[];
}

interface SeccompArgument {
  index: number;
  /** For `MASKED_EQ` the mask. */
  value: number;
  /** For `MASKED_EQ` what is left under the mask. */
  valueTwo?: number;
  op: 'SCMP_CMP_EQ' | 'SCMP_CMP_MASKED_EQ';
}

export interface FilterTarget {
  /** The kernel's AUDIT_ARCH number. */
  audit: number;
  numbers: Readonly<Record<string, number>>;
}

interface Instruction {
  code: number;
  ifTrue: number;
  ifFalse: number;
  k: number;
}

/** linux/bpf_common.h: what is loaded and compared are 32-bit words. */
const [load, jumpEqual, jumpGreater, jumpGreaterEqual, and, giveBack] = [
  0x20, 0x15, 0x25, 0x35, 0x54, 0x06,
];
/** linux/seccomp.h: what a filter answers, and where the kernel puts what it asks about. */
const [killProcess, answerErrno, allow] = [0x8000_0000, 0x0005_0000, 0x7fff_0000];
const [numberAt, archAt, argumentsAt] = [0, 4, 16];
const jumpMax = 255;
const instructionsMax = 4_096;
const instructionBytes = 8;

/**
 * Makes of a profile the program that the kernel runs at every system call, for machines that store
 * the low half of a word first, as all do that we know. A call of another architecture ends the
 * process: its numbers mean other things.
 */
export function compileFilter(profile: SeccompProfile, { audit, numbers }: FilterTarget): Buffer {
  const refusal = answer(answerErrno | profile.defaultErrnoRet);
  const isPlain = (rule: SeccompRule) =>
    rule.args === undefined && rule.action === 'SCMP_ACT_ALLOW';
  const plain = profile.syscalls.filter(isPlain).flatMap(({ names }) => names);
  const special = profile.syscalls.filter((rule) => !isPlain(rule));
  const known = (names: readonly string[]) => names.filter((name) => numbers[name] !== undefined);
  const program = [
    read(archAt),
    test(jumpEqual, audit, 1, 0),
    answer(killProcess),
    read(numberAt),
    ...known([...new Set(special.flatMap(({ names }) => names))]).flatMap((name) => {
      const rules = special.filter(({ names }) => names.includes(name));
      return onlyFor(numbers[name] ?? 0, [...rules.flatMap(compileRule), refusal]);
    }),
    ...rangesOf(known(plain).map((name) => numbers[name] ?? 0)).flatMap(([first, last]) => [
      test(jumpGreater, last, 3, 0),
      test(jumpGreaterEqual, first, 0, 1),
      answer(allow),
      refusal,
    ]),
    refusal,
  ];
  return encode(program);
}

/** What is allowed comes first where ranges touch: from the least number on. */
function rangesOf(values: readonly number[]): [first: number, last: number][] {
  const ranges: [number, number][] = [];
  for (const value of values.toSorted((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && value <= range[1] + 1) range[1] = value;
    else ranges.push([value, value]);
  }
  return ranges;
}

/** Answers when all its arguments hold; else goes on behind it. */
function compileRule({ action, errnoRet = 1, args = [] }: SeccompRule): Instruction[] {
  const says = answer(action === 'SCMP_ACT_ALLOW' ? allow : answerErrno | errnoRet);
  return args
    .toReversed()
    .reduce((rest, arg) => [...compileArgument(arg, rest.length), ...rest], [says]);
}

/** Arguments have 64 bits, which are compared half by half. Jumps over `rest` when they differ. */
function compileArgument({ index, value, valueTwo, op }: SeccompArgument, rest: number) {
  const at = argumentsAt + 8 * index;
  const isMasked = op === 'SCMP_CMP_MASKED_EQ';
  const [wantedHigh, wantedLow] = halvesOf(isMasked ? (valueTwo ?? 0) : value);
  const [maskHigh, maskLow] = halvesOf(value);
  const mask = (half: number): Instruction[] =>
    isMasked ? [{ code: and, ifTrue: 0, ifFalse: 0, k: half }] : [];
  const low = [read(at), ...mask(maskLow), test(jumpEqual, wantedLow, 0, rest)];
  const high = test(jumpEqual, wantedHigh, 0, low.length + rest);
  return [read(at + 4), ...mask(maskHigh), high, ...low];
}

function halvesOf(value: number): [high: number, low: number] {
  return [Math.floor(value / 2 ** 32), value % 2 ** 32];
}

function onlyFor(number: number, body: readonly Instruction[]): Instruction[] {
  return [test(jumpEqual, number, 0, body.length), ...body];
}

function read(at: number): Instruction {
  return { code: load, ifTrue: 0, ifFalse: 0, k: at };
}

function test(code: number, k: number, ifTrue: number, ifFalse: number): Instruction {
  assert(ifTrue <= jumpMax && ifFalse <= jumpMax, 'a rule is short enough to be jumped over');
  return { code, ifTrue, ifFalse, k };
}

function answer(k: number): Instruction {
  return { code: giveBack, ifTrue: 0, ifFalse: 0, k: k >>> 0 };
}

function encode(program: readonly Instruction[]): Buffer {
  assert(program.length <= instructionsMax, 'the kernel takes a filter of this length');
  const bytes = Buffer.alloc(program.length * instructionBytes);
  for (const [index, { code, ifTrue, ifFalse, k }] of program.entries()) {
    const at = index * instructionBytes;
    bytes.writeUInt16LE(code, at);
    bytes.writeUInt8(ifTrue, at + 2);
    bytes.writeUInt8(ifFalse, at + 3);
    bytes.writeUInt32LE(k, at + 4);
  }
  return bytes;
}
