import type { LogLine } from '@node3/shared/routes/jobs';
import { sanitiseLine } from '../output/sanitise.ts';
import type { Terminal } from '../output/terminal.ts';

export interface LogPrinting {
  terminal: Terminal;
  /** `safe` removes what could take over the terminal; `raw` passes everything. */
  mode: 'safe' | 'raw';
}

const reset = '\u001b[0m';

/** stdout to stdout, stderr to stderr, the agent's own words dimmed on stderr. */
export async function printLogLine(printing: LogPrinting, line: LogLine): Promise<void> {
  const { terminal } = printing;
  const end = line.partial ? '' : '\n';
  if (line.stream === 'system') {
    if (terminal.quiet) return;
    await terminal.raw('stderr', `${terminal.talkPaint.dim(sanitiseLine(line.text, 'drop'))}\n`);
    return;
  }
  if (printing.mode === 'raw') {
    await terminal.raw(line.stream, line.text + end);
    return;
  }
  const text = sanitiseLine(line.text, terminal.colourAllowed ? 'keep' : 'drop');
  // A colour that a line leaves on would paint everything after it, our own words included.
  const tail = text.includes('\u001b[') && !text.endsWith(reset) ? reset : '';
  await terminal.raw(line.stream, text + tail + end);
}
