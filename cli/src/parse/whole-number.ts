import { usageError } from '../command-error.ts';

export interface WholeNumberRange {
  min: number;
  max: number;
}

export function parseWholeNumber(option: string, text: string, range: WholeNumberRange): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= range.min && value <= range.max) return value;
  const fix = `Give a whole number from ${range.min} to ${range.max}.`;
  throw usageError(`${option} is "${text}".`, fix);
}
