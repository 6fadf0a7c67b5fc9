import type { LogLine } from '@node3/client';
import { z } from 'zod';
import { jobIdArgument } from './job-arguments.ts';
import { addTool, type ToolDeps } from './tool.ts';
import { boundedText, untrusted } from './untrusted.ts';

const linesUsual = 100;
const linesMax = 1_000;
const kibUsual = 32;
const kibMax = 256;

interface Excerpt {
  lines: { seq: number; stream: string; text: string }[];
  /** Lines that were looked at and left out, or shortened, for their bytes. */
  linesCut: number;
}

/** The end of a job's log, or what came after a line, never more than so many bytes. */
export function addLogTool(deps: ToolDeps): void {
  const { node3 } = deps;
  addTool(deps, {
    name: 'get_logs',
    title: 'Read the log of a job',
    description:
      'The last lines of what a job printed, or those after a line: give nextAfter of the answer before. ' +
      'Bounded in lines and bytes.',
    effect: 'reads',
    input: {
      jobId: jobIdArgument,
      after: z.number().int().min(0).optional().describe('Lines after this seq, oldest first'),
      lines: z.number().int().min(1).max(linesMax).default(linesUsual),
      kib: z.number().int().min(1).max(kibMax).default(kibUsual).describe('At most so much text'),
    },
    async run({ jobId, after, lines, kib }, signal) {
      const from = after === undefined ? { last: lines } : { after };
      const found: LogLine[] = [];
      for await (const line of node3.jobs.logs(jobId, { follow: false, signal, ...from })) {
        found.push(line);
        if (found.length >= lines) break;
      }
      const bytesMax = kib * 1024;
      const excerpt = after === undefined ? keepLast(found, bytesMax) : keepFirst(found, bytesMax);
      const nextAfter = excerpt.lines.at(-1)?.seq ?? after ?? 0;
      return { jobId, nextAfter, linesCut: excerpt.linesCut, untrusted: untrusted(excerpt.lines) };
    },
  });
}

function keepFirst(found: readonly LogLine[], bytesMax: number): Excerpt {
  const lines: Excerpt['lines'] = [];
  let left = bytesMax;
  let shortened = 0;
  for (const { seq, stream, text } of found) {
    if (left <= 0) break;
    const part = boundedText(text, left);
    lines.push({ seq, stream, text: part.text });
    left -= Buffer.byteLength(part.text) + 1;
    shortened += part.cut ? 1 : 0;
  }
  return { lines, linesCut: found.length - lines.length + shortened };
}

/** The newest line always comes, if shortened. */
function keepLast(found: readonly LogLine[], bytesMax: number): Excerpt {
  const { lines, linesCut } = keepFirst(found.toReversed(), bytesMax);
  return { lines: lines.toReversed(), linesCut };
}
