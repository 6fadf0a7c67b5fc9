/**
 * A whole Linux program that does nothing, for ever: an ELF header, one segment and a system call in
 * a loop. It needs nothing of the image that it runs in, not even a shell, so what is seen while it
 * runs is the engine's doing alone.
 * @returns null for an architecture that it is not written for.
 */
export function buildIdleProgram(arch: string): Buffer | null {
  const target = targets[arch];
  if (target === undefined) return null;
  const header = Buffer.alloc(headerBytes + segmentBytes);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(executable, 16);
  header.writeUInt16LE(target.machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(loadedAt + header.length), 24);
  header.writeBigUInt64LE(BigInt(headerBytes), 32);
  header.writeUInt16LE(headerBytes, 52);
  header.writeUInt16LE(segmentBytes, 54);
  header.writeUInt16LE(1, 56);
  const code = Buffer.from(target.code, 'hex');
  const bytes = BigInt(header.length + code.length);
  header.writeUInt32LE(loaded, 64);
  header.writeUInt32LE(readable | runnable, 68);
  header.writeBigUInt64LE(BigInt(loadedAt), 80);
  header.writeBigUInt64LE(BigInt(loadedAt), 88);
  header.writeBigUInt64LE(bytes, 96);
  header.writeBigUInt64LE(bytes, 104);
  header.writeBigUInt64LE(BigInt(pageBytes), 112);
  return Buffer.concat([header, code]);
}

const headerBytes = 64;
const segmentBytes = 56;
const loadedAt = 0x40_0000;
const pageBytes = 0x1_0000;
const executable = 2;
const loaded = 1;
const runnable = 1;
const readable = 4;

/** By the names that Node has for processors; instructions as the processor reads them. */
const targets: Readonly<Record<string, { machine: number; code: string }>> = {
  // mov eax, 34 (pause); syscall; jmp to the first one.
  x64: { machine: 62, code: 'b822000000 0f05 ebf7'.replaceAll(' ', '') },
  // mov x8, 73 (ppoll); x0 to x4 = 0; svc 0; b to the first one.
  arm64: {
    machine: 183,
    code: '280980d2 000080d2 010080d2 020080d2 030080d2 040080d2 010000d4 f9ffff17'.replaceAll(
      ' ',
      '',
    ),
  },
};
