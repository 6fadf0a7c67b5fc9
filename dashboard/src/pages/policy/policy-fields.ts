import type { PolicyKey } from '@node3/shared/provider-policy';
import type { PolicyDraft } from './policy-draft.ts';

/** What every group of fields gets. */
export interface PolicyFieldsProps {
  draft: PolicyDraft;
  /** What is wrong with a field and how it is mended. */
  errors: ReadonlyMap<PolicyKey, string>;
  onChange: (part: Partial<PolicyDraft>) => void;
}
