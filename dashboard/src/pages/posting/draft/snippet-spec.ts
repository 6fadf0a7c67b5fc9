import type { JobSpecInput } from '@node3/shared/job-spec';
import type { SnippetDetail } from '@node3/shared/routes/snippets';

/** What the marketplace runs of a snippet, before it has a price. */
export function snippetSpec(snippet: SnippetDetail): Partial<JobSpecInput> {
  const { language, code, image, gpus, runSec } = snippet;
  return {
    name: snippet.name,
    workload: { kind: 'script', language, code, ...(image !== null && { image }) },
    ...(gpus !== null && { resources: { gpus } }),
    ...(runSec !== null && { limits: { runSec } }),
  };
}
