import { MarketError } from '../error.ts';
import { isJsonObject, type JsonObject } from './foreign-object.ts';
import { importLimits } from './import-limits.ts';

/** The document as an object within bounds. Throws IMPORT_REFUSED. */
export function checkDocument(document: unknown): JsonObject {
  if (!isJsonObject(document)) {
    throw refused('must be an object', 'Give the whole document, one job in each.');
  }
  const { documentDepth, documentValues, documentBytes } = importLimits;
  let level: unknown[] = [document];
  let count = 0;
  let chars = 0;
  for (let depth = 0; level.length > 0; depth += 1) {
    count += level.length;
    for (const value of level) chars += charsOf(value);
    if (depth > documentDepth) {
      throw refused(`is nested deeper than ${documentDepth} levels`, 'Flatten it.');
    }
    if (count > documentValues) {
      throw refused(`has more than ${documentValues} values`, 'Split it.');
    }
    if (chars > documentBytes) {
      throw refused(
        `is larger than ${documentBytes} bytes`,
        'Upload data, and name it as an input.',
      );
    }
    level = level.flatMap(childrenOf);
  }
  return document;
}

function childrenOf(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

/** Its own text and its names; what is in it is counted with its own level. */
function charsOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (!isJsonObject(value)) return 1;
  return Object.keys(value).reduce((sum, key) => sum + key.length, 0);
}

function refused(detail: string, fix: string): MarketError {
  return new MarketError('IMPORT_REFUSED', {
    detail: `The document ${detail}. ${fix}`,
    errors: [{ pointer: '', detail, fix }],
  });
}
