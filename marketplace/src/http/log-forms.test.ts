import { toBlocks } from '@node3/shared/log-blocks';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { viewLogLine } from '../services/job-views.ts';
import { toLineRows } from '../store/log-page.ts';
import { eventLogForm, jsonLogForm, textLogForm } from './log-forms.ts';

const line = fc.record({
  stream: fc.constantFrom('stdout' as const, 'stderr' as const, 'system' as const),
  atMs: fc.integer({ min: 0, max: 2 }),
  text: fc.oneof(
    fc.constantFrom('', '\\', '\\n', 'C:\\new', '"', 'a\r'),
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\n', '')),
  ),
  partial: fc.boolean(),
});
/** Rows as a store has them. */
const log = fc.tuple(fc.array(line), fc.nat()).map(([lines, first]) => {
  let seq = first;
  return toBlocks(lines).map((block) => {
    seq += block.lineCount;
    return { ...block, attempt: 1, seq: seq - block.lineCount };
  });
});

it('lines are JSON, whatever they say, each on one line', () => {
  fc.assert(
    fc.property(log, (blocks) => {
      const lines = toLineRows(blocks).map(viewLogLine);
      const plain = lines.map((each) => JSON.stringify(each));
      expect(jsonLogForm.lines(blocks).join('')).toBe(plain.map((text) => `${text}\n`).join(''));
      const events = lines.map(({ seq }, index) => `id: ${seq}\ndata: ${plain[index]}\n\n`);
      expect(eventLogForm.lines(blocks).join('')).toBe(events.join(''));
    }),
  );
});

it('lines are text, each with its time where that is asked', () => {
  fc.assert(
    fc.property(log, (blocks) => {
      let [plain, timed, open] = ['', '', ''];
      for (const { at, stream, text, partial } of toLineRows(blocks).map(viewLogLine)) {
        const start = open === '' || open === stream ? '' : '\n';
        plain += start + text + (partial ? '' : '\n');
        timed += start + (open === stream ? '' : `${at} `) + text + (partial ? '' : '\n');
        open = partial ? stream : '';
      }
      expect(textLogForm('without-times').lines(blocks).join('')).toBe(plain);
      expect(textLogForm('with-times').lines(blocks).join('')).toBe(timed);
    }),
  );
});
