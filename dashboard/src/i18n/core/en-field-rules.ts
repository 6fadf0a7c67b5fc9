import { type FieldRule, fieldRules } from '@node3/shared/field-rules';

export type FieldRuleTexts = Record<`field.${FieldRule}`, string>;

/** The English words are the contract's own, as for reasons. */
export const enFieldRules = Object.fromEntries(
  Object.entries(fieldRules).map(([rule, text]) => [`field.${rule}`, text]),
) as FieldRuleTexts;
