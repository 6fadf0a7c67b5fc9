import { resolve } from 'node:path';
import type { Client } from '@node3/shared/client';
import { isNotFound } from '@node3/shared/file-error';
import { limits } from '@node3/shared/limits';
import {
  exportLedger as exportContract,
  type LedgerEntry,
  type LedgerProof,
  type ReservesView,
  verifyLedger as verifyContract,
  writeOffLoss as writeOffContract,
} from '@node3/shared/routes/ledger';
import { CommandError } from '../command-error.ts';
import { type Context, connect } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { openExportFile } from '../ledger/export-file.ts';
import { verifyExport } from '../ledger/verify-export.ts';
import { formatFacts } from '../output/table.ts';
import { moneyText } from '../output/words.ts';
import { parseMoney } from '../parse/money.ts';
import { parseWholeNumber } from '../parse/whole-number.ts';
import type { Call } from '../program/attach-action.ts';

/** A million entries take about ten seconds; whoever has more can wait. */
const verifyTimeoutMs = 900_000;

export interface VerifyLedgerOptions {
  file?: string;
}

/** Exit code 1 when there is a problem; each one is a line on standard error. */
export async function verifyLedger(
  context: Context,
  call: Call<VerifyLedgerOptions>,
): Promise<number> {
  const { terminal } = context;
  const { file } = call.options;
  const found =
    file === undefined
      ? await connect(context, 'operator').call(verifyContract, {}, { timeoutMs: verifyTimeoutMs })
      : await verifyFile(resolve(context.host.cwd, file), file);
  if (terminal.json) await terminal.object(found);
  else for (const line of formatProof(found)) await terminal.data(line);
  if (!terminal.json) for (const problem of found.problems) await terminal.complain(problem);
  return found.problems.length === 0 ? exitCodes.ok.code : exitCodes.failure.code;
}

type FileProof = Pick<LedgerProof, 'problems' | 'entries' | 'head' | 'verified'>;

async function verifyFile(path: string, name: string): Promise<FileProof> {
  try {
    const verdict = await verifyExport(path);
    return { verified: verdict.problems.length === 0, ...verdict };
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new CommandError('usage', `There is no file ${name}.`, 'Give an exported ledger.');
  }
}

export function formatProof(proof: FileProof & Partial<LedgerProof>): string[] {
  const facts: [string, string][] = [
    ['ledger', proof.verified ? 'verified' : 'does not add up, see below'],
    ['entries', String(proof.entries)],
    ['head', proof.head],
  ];
  if (proof.reserves !== undefined) facts.push(...reserveFacts(proof.reserves));
  return formatFacts(facts);
}

function reserveFacts(reserves: ReservesView): [string, string][] {
  const both = (name: Exclude<keyof ReservesView['SOL'], 'onChain'>) =>
    `${moneyText(reserves.SOL[name])}, ${moneyText(reserves.USDC[name])}`;
  return [
    ['reserves', reserves.state],
    ['on chain', `${moneyText(reserves.SOL.onChain)}, ${moneyText(reserves.USDC.onChain)}`],
    ['in ledger', both('ledger')],
    ['owed', both('liabilities')],
    ['own', both('own')],
    ['on its way', both('onItsWay')],
    ['inbound', both('inbound')],
    ['surplus', both('surplus')],
    ['deficit', both('deficit')],
  ];
}

export interface WriteOffOptions {
  asset: string;
  reason: string;
}

export async function writeOffLoss(context: Context, call: Call<WriteOffOptions>): Promise<number> {
  const { terminal } = context;
  const { asset, reason } = call.options;
  const money = parseMoney('<amount>', call.args[0] ?? '', asset);
  const client = connect(context, 'operator');
  const found = await client.call(writeOffContract, { body: { money, reason } });
  if (terminal.json) await terminal.object(found);
  else await terminal.data(`${moneyText(found.written)} written off; reserves ${found.state}`);
  return 0;
}

export interface ExportLedgerOptions {
  output?: string;
  after: string;
}

/** JSON lines to standard output, or into a file that is continued where it ends. */
export async function exportLedger(
  context: Context,
  call: Call<ExportLedgerOptions>,
): Promise<number> {
  const { terminal, host } = context;
  const { output } = call.options;
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER };
  const after = parseWholeNumber('--after', call.options.after, range);
  const client = connect(context, 'operator');
  if (output === undefined) {
    await readEntries(client, after, async (page) => {
      for (const entry of page) await terminal.jsonLine(entry);
    });
    return 0;
  }
  const file = await openExportFile(resolve(host.cwd, output));
  try {
    const count = await readEntries(client, file.after, (page) =>
      file.append(page.map((entry) => `${JSON.stringify(entry)}\n`).join('')),
    );
    await terminal.talk(`${count} entries written to ${output}`);
  } finally {
    await file.close();
  }
  return 0;
}

async function readEntries(
  client: Client,
  afterEntry: number,
  write: (page: LedgerEntry[]) => Promise<void>,
): Promise<number> {
  let count = 0;
  for (let after = afterEntry; ; ) {
    const query = { after, limit: limits.ledgerEntriesPerPage };
    const { data, nextAfter } = await client.call(exportContract, { query });
    if (data.length === 0) return count;
    await write(data);
    count += data.length;
    after = nextAfter;
  }
}
