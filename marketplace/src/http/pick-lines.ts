import { type LineLevel, levelOfLine } from '@node3/shared/line-level';
import { endsOpen, lineTexts } from '@node3/shared/log-blocks';
import { withoutControls } from '@node3/shared/log-text';
import type { LogBlockRow } from '../store/rows.ts';

/** Which lines of the selected ones are written; null for any. */
export interface LinePick {
  levels: readonly LineLevel[] | null;
  /** A part of the line, in any case and whatever its colours. */
  q: string | null;
  attempt: number | null;
}

/** @returns the blocks as they are where every line is wanted, and else one block for each wanted line. */
export function pickLines(blocks: LogBlockRow[], pick: LinePick): LogBlockRow[] {
  const { levels, q, attempt } = pick;
  const tried = attempt === null ? blocks : blocks.filter((block) => block.attempt === attempt);
  if (levels === null && q === null) return tried;
  const wanted = q?.toLowerCase() ?? null;
  return tried.flatMap((block) => {
    const texts = lineTexts(block);
    const open = endsOpen(block) ? texts.length - 1 : texts.length;
    return texts.flatMap((text, index) => {
      if (levels !== null) {
        const level = levelOfLine(text, block.stream);
        if (level === null || !levels.includes(level)) return [];
      }
      if (wanted !== null && !plain(text).toLowerCase().includes(wanted)) return [];
      const line = index === open ? text : `${text}\n`;
      return [{ ...block, seq: block.seq + index, lineCount: 1, text: line }];
    });
  });
}

/** The same lines without colours. */
export function dropColours(blocks: LogBlockRow[]): LogBlockRow[] {
  return blocks.map((block) => {
    if (!block.text.includes(escapeChar)) return block;
    const end = endsOpen(block) ? '' : '\n';
    return { ...block, text: lineTexts(block).map(plain).join('\n') + end };
  });
}

const escapeChar = '\u001b';

function plain(text: string): string {
  return text.includes(escapeChar) ? withoutControls(text, 'drop') : text;
}
