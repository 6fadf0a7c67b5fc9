import type { JobSpecInput } from '@node3/shared/job-spec';
import type { Alternative } from '@node3/shared/routes/explain';

/** The spec with one change that the marketplace proposed: a value at a pointer, or nothing there. */
export function withAlternative(
  spec: JobSpecInput,
  { pointer, value }: Pick<Alternative, 'pointer' | 'value'>,
): JobSpecInput {
  const changed = structuredClone(spec) as Record<string, unknown>;
  const names = pointer.slice(1).split('/');
  const last = names.pop();
  if (last === undefined || last === '') return spec;
  let place = changed;
  for (const name of names) {
    const inner = place[name];
    if (typeof inner !== 'object' || inner === null) {
      if (value === null) return spec;
      place[name] = {};
    }
    place = place[name] as Record<string, unknown>;
  }
  if (value === null) delete place[last];
  else place[last] = value;
  return changed as JobSpecInput;
}
