import { tokenAmount } from '../chain/token-layout.ts';
import type { NamedInstruction, ParsedInstruction } from './parse-instruction.ts';

/** Instruction numbers of the SPL Token program, shared by Token-2022. */
const transfer = 3;
const approve = 4;
const revoke = 5;
const mintTo = 7;
const burn = 8;
const closeAccount = 9;
const transferChecked = 12;
const approveChecked = 13;
const mintToChecked = 14;
const burnChecked = 15;
const initializeAccount3 = 18;
const initializeMint2 = 20;
const getAccountDataSize = 21;
const initializeImmutableOwner = 22;

/** @returns null for instructions that nobody reads from a localnet; throws RangeError if too short. */
export function parseTokenInstruction(instruction: NamedInstruction): ParsedInstruction | null {
  const { account, data } = instruction;
  switch (data.getUint8(0)) {
    case transfer:
      return plain('transfer', instruction, ['source', 'destination']);
    case approve:
      return plain('approve', instruction, ['source', 'delegate']);
    case revoke:
      return { type: 'revoke', info: { source: account(0), ...signedBy(instruction, 1, 'owner') } };
    case mintTo:
      return plain('mintTo', instruction, ['mint', 'account'], 'mintAuthority');
    case burn:
      return plain('burn', instruction, ['account', 'mint']);
    case closeAccount: {
      const info = { account: account(0), destination: account(1) };
      return { type: 'closeAccount', info: { ...info, ...signedBy(instruction, 2, 'owner') } };
    }
    case transferChecked:
      return checked('transferChecked', instruction, ['source', 'mint', 'destination']);
    case approveChecked:
      return checked('approveChecked', instruction, ['source', 'mint', 'delegate']);
    case mintToChecked:
      return checked('mintToChecked', instruction, ['mint', 'account'], 'mintAuthority');
    case burnChecked:
      return checked('burnChecked', instruction, ['account', 'mint']);
    case initializeAccount3:
      return { type: 'initializeAccount3', info: { account: account(0), mint: account(1) } };
    case initializeMint2:
      return { type: 'initializeMint2', info: { mint: account(0), decimals: data.getUint8(1) } };
    case getAccountDataSize:
      return { type: 'getAccountDataSize', info: { mint: account(0) } };
    case initializeImmutableOwner:
      return { type: 'initializeImmutableOwner', info: { account: account(0) } };
    default:
      return null;
  }
}

type AuthorityName = 'authority' | 'owner' | 'mintAuthority';

/** Instructions with an amount only; the accounts come in the order of `names`, then who signs. */
function plain(
  type: string,
  instruction: NamedInstruction,
  names: readonly string[],
  authority: AuthorityName = 'authority',
): ParsedInstruction {
  const amount = instruction.data.getBigUint64(1, true).toString();
  const owner = type === 'approve' ? 'owner' : authority;
  const signed = signedBy(instruction, names.length, owner);
  return { type, info: { ...named(instruction, names), amount, ...signed } };
}

/** Instructions that repeat the mint's decimals, so the amount can be shown in whole tokens. */
function checked(
  type: string,
  instruction: NamedInstruction,
  names: readonly string[],
  authority: AuthorityName = 'authority',
): ParsedInstruction {
  const amount = instruction.data.getBigUint64(1, true);
  const shown = tokenAmount(amount, instruction.data.getUint8(9));
  const owner = type === 'approveChecked' ? 'owner' : authority;
  const signed = signedBy(instruction, names.length, owner);
  return { type, info: { ...named(instruction, names), tokenAmount: shown, ...signed } };
}

function named({ account }: NamedInstruction, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, position) => [name, account(position)]));
}

/** A multisig account is followed by those who signed for it. */
function signedBy(instruction: NamedInstruction, position: number, name: AuthorityName) {
  const { account, accounts } = instruction;
  if (accounts.length === position + 1) return { [name]: account(position) };
  const multisigName = `multisig${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return { [multisigName]: account(position), signers: accounts.slice(position + 1) };
}
