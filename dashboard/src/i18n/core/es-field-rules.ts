import type { FieldRuleTexts } from './en-field-rules.ts';

export const esFieldRules: FieldRuleTexts = {
  'field.required': 'hace falta',
  'field.unknown': 'no es un campo conocido; se conocen {{known}}',
  'field.misspelt': 'no es un campo conocido; ¿querías decir «{{near}}»?',
  'field.notHere': 'no se permite aquí',
  'field.oneOf': 'tiene que ser uno de {{allowed}}',
  'field.const': 'tiene que ser {{allowed}}',
  'field.form': 'no tiene la forma que se pide: {{form}}',
  'field.pattern': 'tiene que corresponder a {{pattern}}',
  'field.type': 'tiene que ser de tipo {{type}}',
  'field.format': 'tiene que tener el formato «{{format}}»',
  'field.minimum': 'tiene que ser {{limit}} o más',
  'field.maximum': 'tiene que ser {{limit}} o menos',
  'field.exclusiveMinimum': 'tiene que ser mayor que {{limit}}',
  'field.exclusiveMaximum': 'tiene que ser menor que {{limit}}',
  'field.minLength': 'tiene que tener al menos {{limit}} caracteres',
  'field.maxLength': 'tiene que tener {{limit}} caracteres como mucho',
  'field.minItems': 'tiene que tener al menos {{limit}} elementos',
  'field.maxItems': 'tiene que tener {{limit}} elementos como mucho',
  'field.minProperties': 'tiene que tener al menos {{limit}} campos',
  'field.maxProperties': 'tiene que tener {{limit}} campos como mucho',
};
