import type { JobSpecInput } from '@node3/shared/job-spec';
import { curlLine } from '../../../shell-command.ts';
import { type JobStart, postRequest } from '../draft/job-start.ts';
import { cliRequestText, cliText } from './cli-text.ts';
import { pythonLiteral } from './python-text.ts';
import { shownBody } from './shown-body.ts';
import { yamlText } from './yaml-text.ts';

export const codeForms = ['cli', 'curl', 'typescript', 'python', 'yaml'] as const;
export type CodeForm = (typeof codeForms)[number];

/** The job of the form as a program or a command that posts it. No key and no secret is in it. */
export function codeText(
  form: CodeForm,
  start: JobStart,
  spec: JobSpecInput,
  origin: string,
): string {
  const { url, body: sent } = postRequest(start, spec);
  const body = shownBody(sent);
  const writers: Record<CodeForm, () => string> = {
    cli: () => (start.kind === 'new' ? cliText(spec) : null) ?? cliRequestText({ url, body }),
    curl: () => curlLine({ method: 'POST', url: origin + url, body }),
    typescript: () => typescriptText(start, origin, url, body),
    python: () => pythonText(origin + url, body),
    yaml: () => yamlText(body),
  };
  return writers[form]();
}

const sdkPackage = '@node3/client';

function typescriptText(start: JobStart, origin: string, path: string, body: unknown): string {
  const open = `import { env } from 'node:process';
import { Node3 } from '${sdkPackage}';

const apiKey = env['NODE3_API_KEY'] ?? '';
const node3 = new Node3({ url: ${JSON.stringify(origin)}, apiKey });
`;
  const literal = JSON.stringify(body, null, 2);
  if (start.kind !== 'new') {
    const request = `{\n  method: 'POST',\n  path: ${JSON.stringify(path)},\n  body: ${literal},\n}`;
    return `${open}const job = await node3.request(${request});\nconsole.log(job);\n`;
  }
  return `${open}const job = await node3.jobs.run(${literal}, {
  onLog: ({ text }) => console.log(text),
});
console.log(job.state);
`;
}

function pythonText(url: string, body: unknown): string {
  return `import os
import uuid

import requests

response = requests.post(
    ${JSON.stringify(url)},
    headers={
        "Authorization": f"Bearer {os.environ['NODE3_API_KEY']}",
        "Idempotency-Key": str(uuid.uuid4()),
    },
    json=${pythonLiteral(body, 1)},
    timeout=30,
)
response.raise_for_status()
print(response.json()["jobId"])
`;
}
