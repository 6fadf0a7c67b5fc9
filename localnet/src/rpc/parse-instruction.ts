import bs58 from 'bs58';
import {
  associatedTokenProgram,
  memoPrograms,
  systemProgram,
  tokenProgram,
  tokenPrograms,
} from '../chain/program-address.ts';
import type { WireInstruction } from '../chain/wire-message.ts';
import { parseSystemInstruction } from './parse-system-instruction.ts';
import { parseTokenInstruction } from './parse-token-instruction.ts';

export interface ParsedInstruction {
  type: string;
  info: Record<string, unknown>;
}

/** An instruction with its accounts resolved, for the parsers of single programs. */
export interface NamedInstruction {
  /** Address at a position; throws RangeError where there is none, which stops the parsing. */
  account: (position: number) => string;
  accounts: readonly string[];
  data: DataView;
  bytes: Uint8Array;
}

/**
 * `jsonParsed` of an instruction. Programs without a parser here, and data a parser can't read,
 * come out "partially decoded" with raw data, exactly as nodes do for programs they don't know.
 */
export function parseInstruction(
  instruction: WireInstruction,
  keys: readonly string[],
  stackHeight: number,
) {
  const programId = keys[instruction.programIdIndex] ?? '';
  const accounts = instruction.accountIndexes.map((index) => keys[index] ?? '');
  if (memoPrograms.has(programId)) {
    const parsed = Buffer.from(instruction.data).toString('utf8');
    return { program: 'spl-memo', programId, parsed, stackHeight };
  }
  const known = parseKnown(programId, nameAccounts(accounts, instruction.data));
  if (known) return { ...known, programId, stackHeight };
  return { programId, accounts, data: bs58.encode(instruction.data), stackHeight };
}

function nameAccounts(accounts: readonly string[], bytes: Uint8Array): NamedInstruction {
  return {
    accounts,
    bytes,
    data: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    account: (position) => {
      const address = accounts[position];
      if (address === undefined) throw new RangeError('the instruction names too few accounts');
      return address;
    },
  };
}

function parseKnown(programId: string, instruction: NamedInstruction) {
  try {
    if (programId === systemProgram) {
      const parsed = parseSystemInstruction(instruction);
      return parsed && { program: 'system', parsed };
    }
    if (tokenPrograms.has(programId)) {
      const parsed = parseTokenInstruction(instruction);
      const program = programId === tokenProgram ? 'spl-token' : 'spl-token-2022';
      return parsed && { program, parsed };
    }
    if (programId === associatedTokenProgram) {
      return { program: 'spl-associated-token-account', parsed: parseAtaInstruction(instruction) };
    }
    return null;
  } catch (error) {
    // Failed transactions may carry any data; what is too short to read is shown raw.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function parseAtaInstruction({ account, bytes }: NamedInstruction): ParsedInstruction {
  return {
    type: bytes[0] === 1 ? 'createIdempotent' : 'create',
    info: {
      source: account(0),
      account: account(1),
      wallet: account(2),
      mint: account(3),
      systemProgram: account(4),
      tokenProgram: account(5),
    },
  };
}
