import bs58 from 'bs58';
import type { NamedInstruction, ParsedInstruction } from './parse-instruction.ts';

/** Instruction numbers of the System program. */
const createAccount = 0;
const assign = 1;
const transfer = 2;
const createAccountWithSeed = 3;
const advanceNonce = 4;
const withdrawNonce = 5;
const initializeNonce = 6;
const allocate = 8;
const transferWithSeed = 11;

/** @returns null for instructions that nobody reads from a localnet; throws RangeError if too short. */
export function parseSystemInstruction(instruction: NamedInstruction): ParsedInstruction | null {
  const { account, data, bytes } = instruction;
  const addressAt = (offset: number) => bs58.encode(bytes.subarray(offset, offset + 32));
  switch (data.getUint32(0, true)) {
    case createAccount: {
      const lamports = data.getBigUint64(4, true);
      const info = { source: account(0), newAccount: account(1), lamports };
      const space = data.getBigUint64(12, true);
      return { type: 'createAccount', info: { ...info, space, owner: addressAt(20) } };
    }
    case assign:
      return { type: 'assign', info: { account: account(0), owner: addressAt(4) } };
    case transfer: {
      const lamports = data.getBigUint64(4, true);
      const info = { source: account(0), destination: account(1), lamports };
      return { type: 'transfer', info };
    }
    case createAccountWithSeed:
      return parseCreateWithSeed(instruction);
    case advanceNonce: {
      const info = { nonceAccount: account(0), recentBlockhashesSysvar: account(1) };
      return { type: 'advanceNonce', info: { ...info, nonceAuthority: account(2) } };
    }
    case withdrawNonce: {
      const lamports = data.getBigUint64(4, true);
      const info = { nonceAccount: account(0), destination: account(1), lamports };
      return { type: 'withdrawFromNonce', info: { ...info, nonceAuthority: account(4) } };
    }
    case initializeNonce: {
      const info = { nonceAccount: account(0), nonceAuthority: addressAt(4) };
      return { type: 'initializeNonce', info };
    }
    case allocate: {
      const info = { account: account(0), space: data.getBigUint64(4, true) };
      return { type: 'allocate', info };
    }
    case transferWithSeed:
      return parseTransferWithSeed(instruction);
    default:
      return null;
  }
}

/** Seeds are strings with a 64-bit length before them. */
function seedAt({ data, bytes }: NamedInstruction, offset: number) {
  const length = Number(data.getBigUint64(offset, true));
  const end = offset + 8 + length;
  if (end > bytes.length) throw new RangeError('the seed is longer than the instruction');
  return { seed: Buffer.from(bytes.subarray(offset + 8, end)).toString('utf8'), end };
}

function parseCreateWithSeed(instruction: NamedInstruction): ParsedInstruction {
  const { account, data, bytes } = instruction;
  const { seed, end } = seedAt(instruction, 36);
  const info = {
    source: account(0),
    newAccount: account(1),
    base: bs58.encode(bytes.subarray(4, 36)),
    seed,
    lamports: data.getBigUint64(end, true),
    space: data.getBigUint64(end + 8, true),
    owner: bs58.encode(bytes.subarray(end + 16, end + 48)),
  };
  return { type: 'createAccountWithSeed', info };
}

function parseTransferWithSeed(instruction: NamedInstruction): ParsedInstruction {
  const { account, data, bytes } = instruction;
  const { seed, end } = seedAt(instruction, 12);
  const info = {
    source: account(0),
    sourceBase: account(1),
    destination: account(2),
    lamports: data.getBigUint64(4, true),
    sourceSeed: seed,
    sourceOwner: bs58.encode(bytes.subarray(end, end + 32)),
  };
  return { type: 'transferWithSeed', info };
}
