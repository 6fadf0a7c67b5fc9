/** What is looked for in a log. */
export interface LogPattern {
  text: string;
  kind: 'plain' | 'regex';
  isCaseSensitive: boolean;
}

/** Rows, and from where to where in each: three numbers for each hit. */
export type Matches = Uint32Array<ArrayBuffer>;

/** Nobody sees more in one row, and the memory for hits stays bounded. */
const matchesPerRow = 50;

/** @returns what is wrong with an expression; null where nothing is. */
export function patternProblem(pattern: LogPattern): string | null {
  try {
    compile(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function compile({ text, kind, isCaseSensitive }: LogPattern): RegExp {
  const source = kind === 'regex' ? text : text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(source, isCaseSensitive ? 'gu' : 'giu');
}

/** Runs for as long as the expression makes it: only where it can be stopped. */
export function findMatches(texts: readonly string[], pattern: LogPattern): Matches {
  const expression = compile(pattern);
  const found: number[] = [];
  for (const [row, text] of texts.entries()) {
    expression.lastIndex = 0;
    for (let count = 0; count < matchesPerRow; count += 1) {
      const match = expression.exec(text);
      if (match === null) break;
      const end = match.index + match[0].length;
      found.push(row, match.index, end);
      // An expression that matches nothing would match it for ever.
      if (end === expression.lastIndex && match[0] === '') expression.lastIndex += 1;
    }
  }
  return new Uint32Array(found);
}
