import { fillValues } from './fill-values.ts';

/**
 * What a field of a request can break, with the words for it; `{{…}}` are values that go with it. Other
 * languages translate them by the rule's name.
 */
export const fieldRules = {
  required: 'is required',
  unknown: 'is not a known field; known are {{known}}',
  misspelt: 'is not a known field; did you mean "{{near}}"?',
  notHere: 'is not allowed here',
  oneOf: 'must be one of {{allowed}}',
  const: 'must be {{allowed}}',
  form: 'must be: {{form}}',
  id: 'must be a whole id: {{prefix}}_ and the 26 characters after it',
  pattern: 'must match {{pattern}}',
  type: 'must be {{type}}',
  format: 'must match format "{{format}}"',
  minimum: 'must be >= {{limit}}',
  maximum: 'must be <= {{limit}}',
  exclusiveMinimum: 'must be > {{limit}}',
  exclusiveMaximum: 'must be < {{limit}}',
  minLength: 'must NOT have fewer than {{limit}} characters',
  maxLength: 'must NOT have more than {{limit}} characters',
  minItems: 'must NOT have fewer than {{limit}} items',
  maxItems: 'must NOT have more than {{limit}} items',
  minProperties: 'must NOT have fewer than {{limit}} properties',
  maxProperties: 'must NOT have more than {{limit}} properties',
} as const;

export type FieldRule = keyof typeof fieldRules;
export type FieldValues = Record<string, string | number>;

export function isFieldRule(rule: unknown): rule is FieldRule {
  return typeof rule === 'string' && Object.hasOwn(fieldRules, rule);
}

/** The words of a rule with its values in them. */
export function sayRule(rule: FieldRule, values: FieldValues): string {
  return fillValues(fieldRules[rule], values);
}
