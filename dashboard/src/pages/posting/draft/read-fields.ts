import { readBytesText } from '@node3/shared/import/size-text';
import { type Asset, type Money, parseAmount } from '@node3/shared/money';
import { CommandSyntaxError, splitCommand } from '../../../shell-command.ts';
import type { DraftProblems } from './draft-problems.ts';
import type { PairRow } from './job-draft.ts';

/** Each reads what was typed; empty text is undefined, and so is what it notes a problem for. */

export interface WholeRange {
  min: number;
  max: number;
}

export function readWhole(
  problems: DraftProblems,
  pointer: string,
  text: string,
  { min, max }: WholeRange,
): number | undefined {
  if (text.trim() === '') return undefined;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text.trim()) && value >= min && value <= max) return value;
  problems.add(pointer, 'integer');
  return undefined;
}

export function readSize(
  problems: DraftProblems,
  pointer: string,
  text: string,
): number | undefined {
  if (text.trim() === '') return undefined;
  const bytes = readBytesText(text);
  if (bytes !== null) return bytes;
  problems.add(pointer, 'size');
  return undefined;
}

export function readCommand(
  problems: DraftProblems,
  pointer: string,
  text: string,
): string[] | undefined {
  try {
    const parts = splitCommand(text);
    return parts.length === 0 ? undefined : parts;
  } catch (error) {
    if (!(error instanceof CommandSyntaxError)) throw error;
    problems.add(pointer, 'quotes');
    return undefined;
  }
}

/** An amount has to be there: what comes back of a wrong one is what was typed. */
export function readMoney(
  problems: DraftProblems,
  pointer: string,
  text: string,
  asset: Asset,
): Money {
  const amount = text.trim();
  try {
    if (parseAmount(amount, asset) === 0n) problems.add(pointer, 'amountZero');
  } catch {
    problems.add(pointer, 'amount');
  }
  return { amount, asset };
}

/** Rows whose name and value are both empty are no rows. */
export function readPairs(
  problems: DraftProblems,
  pointer: string,
  rows: readonly PairRow[],
  { name: namePattern, problem }: { name: RegExp; problem: 'variable' | 'label' },
): Record<string, string> | undefined {
  const pairs: Record<string, string> = {};
  for (const { name, value } of rows) {
    if (name === '' && value === '') continue;
    problems.when(!namePattern.test(name), pointer, problem);
    problems.when(Object.hasOwn(pairs, name), pointer, 'twice');
    pairs[name] = value;
  }
  return Object.keys(pairs).length === 0 ? undefined : pairs;
}

/** A list, or undefined for an empty one: the API's empty list would be nobody. */
export function readList(
  problems: DraftProblems,
  pointer: string,
  list: readonly string[],
  pattern: { test: (text: string) => boolean; problem: 'host' | 'region' | 'agentId' | 'wallet' },
): string[] | undefined {
  problems.when(
    list.some((entry) => !pattern.test(entry)),
    pointer,
    pattern.problem,
  );
  return list.length === 0 ? undefined : [...list];
}

/** The same object without the fields that are undefined; undefined when none is left. */
export function given<T extends object>(fields: T): Given<T> | undefined {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as Given<T>);
}

/** Fields that may be undefined are fields that may be missing. */
export type Given<T> = {
  [Name in keyof T as undefined extends T[Name] ? Name : never]?: Exclude<T[Name], undefined>;
} & {
  [Name in keyof T as undefined extends T[Name] ? never : Name]: T[Name];
};
