import { builtinPrograms, computeBudgetProgram, signaturePrecompiles } from './program-address.ts';
import type { WireInstruction, WireMessage } from './wire-message.ts';

const lamportsPerSignature = 5000n;
const computeUnitsMax = 1_400_000n;
const microPerUnit = 1_000_000n;
const setUnitLimit = 2;
const setUnitPrice = 3;

export interface ComputeBudget {
  unitLimit: bigint;
  /** Micro-lamports per compute unit; for v1 worked back from its total. */
  unitPrice: bigint;
  priorityFee: bigint;
}

/** What a transaction asks for in compute units and offers for them. */
export function computeBudgetOf(message: WireMessage): ComputeBudget {
  let unitLimit = message.config?.computeUnitLimit ?? null;
  let unitPrice = 0n;
  for (const { data } of instructionsOf(message, computeBudgetProgram)) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data[0] === setUnitLimit && data.length === 5) unitLimit = view.getUint32(1, true);
    if (data[0] === setUnitPrice && data.length === 9) unitPrice = view.getBigUint64(1, true);
  }
  const wanted = unitLimit === null ? defaultUnitLimit(message) : BigInt(unitLimit);
  const limit = wanted < computeUnitsMax ? wanted : computeUnitsMax;
  if (message.version === 1) {
    const priorityFee = message.config?.priorityFee ?? 0n;
    const price = limit === 0n ? 0n : (priorityFee * microPerUnit) / limit;
    return { unitLimit: limit, unitPrice: price, priorityFee };
  }
  const priorityFee = (unitPrice * limit + microPerUnit - 1n) / microPerUnit;
  return { unitLimit: limit, unitPrice, priorityFee };
}

/** Lamports that the transaction costs its fee payer, whether it succeeds or fails. */
export function feeOf(message: WireMessage): bigint {
  let signatures = BigInt(message.header.numRequiredSignatures);
  for (const instruction of message.instructions) {
    const program = message.staticKeys[instruction.programIdIndex] ?? '';
    if (signaturePrecompiles.has(program)) signatures += BigInt(instruction.data[0] ?? 0);
  }
  return signatures * lamportsPerSignature + computeBudgetOf(message).priorityFee;
}

function defaultUnitLimit(message: WireMessage): bigint {
  return message.instructions.reduce((sum, instruction) => {
    const program = message.staticKeys[instruction.programIdIndex] ?? '';
    return sum + (builtinPrograms.has(program) ? 3000n : 200_000n);
  }, 0n);
}

function instructionsOf(message: WireMessage, program: string): WireInstruction[] {
  return message.instructions.filter(
    (instruction) => message.staticKeys[instruction.programIdIndex] === program,
  );
}
