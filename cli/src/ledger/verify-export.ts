import { open } from 'node:fs/promises';
import { fromLedgerLine } from '@node3/marketplace/services/ledger-lines';
import { LedgerHistory } from '@node3/marketplace/store/ledger-history';

/** A few name the cause as well as all would. */
const problemsMax = 100;

export interface ExportVerdict {
  problems: string[];
  entries: number;
  /** Hash of the last entry, hex. */
  head: string;
}

/**
 * Recomputes an exported ledger from its entries alone: the chain of hashes from the first one on,
 * and that no balance was ever negative. Every entry has both of its sides, so debits equal credits
 * as long as none was changed or left out, which the chain shows.
 */
export async function verifyExport(path: string): Promise<ExportVerdict> {
  const history = new LedgerHistory();
  const problems: string[] = [];
  const note = (problem: string) => {
    if (problems.length < problemsMax) problems.push(problem);
  };
  let number = 0;
  const file = await open(path);
  for await (const text of file.readLines()) {
    number += 1;
    if (isNoise(text)) continue;
    const row = fromLedgerLine(parse(text));
    if (row === null) note(`Line ${number} is no entry of a ledger.`);
    else for (const problem of history.add(row)) note(problem);
  }
  if (history.entry === 0) note('There is no entry in this file.');
  return { problems, entries: history.entry, head: Buffer.from(history.hash).toString('hex') };
}

/** What a stream has beside entries: empty lines while it waits, and its end. */
export function isNoise(text: string): boolean {
  return text === '' || text === '{"ended":true}';
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
