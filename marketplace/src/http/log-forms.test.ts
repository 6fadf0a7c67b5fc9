import type { LogLine } from '@node3/shared/routes/jobs';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventLogForm, jsonLogForm } from './log-forms.ts';

const line: fc.Arbitrary<LogLine> = fc.record({
  seq: fc.nat(),
  attempt: fc.nat(),
  stream: fc.constantFrom('stdout', 'stderr', 'system'),
  at: fc.constant('2026-11-26T10:00:00.000Z'),
  text: fc.string({ unit: 'binary' }),
  partial: fc.boolean(),
});

it('lines are JSON, whatever they say, each on one line', () => {
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const plain = lines.map((each) => JSON.stringify(each));
      expect(jsonLogForm.lines(lines)).toBe(plain.map((text) => `${text}\n`).join(''));
      const events = lines.map(({ seq }, index) => `id: ${seq}\ndata: ${plain[index]}\n\n`);
      expect(eventLogForm.lines(lines)).toBe(events.join(''));
    }),
  );
});
