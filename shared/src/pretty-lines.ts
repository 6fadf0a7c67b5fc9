const levels: Record<number, string> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/** Control characters in what others wrote must not reach a terminal; our own line ends may. */
const control = /(?!\n)\p{Cc}/gu;

/** A JSON log line for a person: time, level, who, what, and the facts. Others stay as they are. */
export function prettyLine(line: string): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, name, msg, err, ...facts } = entry;
  const said = Object.entries(facts).map(([key, value]) => `${key}=${inWords(value)}`);
  const head = [String(time).slice(11, 23), levels[Number(level)] ?? String(level), String(name)];
  const stack = stackOf(err);
  const text = [...head, typeof msg === 'string' ? msg : '', ...said].join(' ');
  return `${text}${stack === null ? '' : `\n${stack}`}`.replaceAll(control, '?').concat('\n');
}

function inWords(value: unknown): string {
  return typeof value === 'string' && !/[\s"]/.test(value) ? value : JSON.stringify(value);
}

function stackOf(err: unknown): string | null {
  if (typeof err !== 'object' || err === null || !('stack' in err)) return null;
  return typeof err.stack === 'string' ? err.stack : null;
}
