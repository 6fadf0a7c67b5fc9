/** Field names whose values never reach a log line, at any depth up to two. */
const secretFields = [
  'apiKey',
  'authorization',
  'leaseToken',
  'passphrase',
  'password',
  'secret',
  'secretKey',
  'token',
  'x-api-key',
];

/** The paths of those fields, as pino takes them. */
export const redactPaths = secretFields.flatMap((field) => {
  const key = field.includes('-') ? `["${field}"]` : field;
  const nested = field.includes('-') ? key : `.${key}`;
  return [key, `*${nested}`, `*.*${nested}`];
});

const mask = '[redacted]';

/** What is a secret wherever it stands: errors of libraries quote addresses and headers. */
const secretTexts: readonly [RegExp, string][] = [
  // Names and passwords in an address, and keys in its query.
  [/(\w+:\/\/)[^\s/@"'\\]+@/g, `$1${mask}@`],
  [
    /([?&](?:api[-_]?key|access[-_]?token|token|key|secret|signature|x-amz-[\w-]+)=)[^\s&"'\\]+/gi,
    `$1${mask}`,
  ],
  // Keys and tokens of ours begin like this; the id of a key may be seen, its secret not.
  [/\b(n3_key_[0-9A-Z]{26}_)[\w-]{16,}/g, `$1${mask}`],
  [/\b(n3_job_)[\w-]{16,}/g, `$1${mask}`],
  [/\b(Bearer\s+)[\w.~+/=-]{8,}/gi, `$1${mask}`],
];

/** A whole log line without what no reader of logs may know. */
export function redactLine(line: string): string {
  let text = line;
  for (const [pattern, replacement] of secretTexts) text = text.replace(pattern, replacement);
  return text;
}
