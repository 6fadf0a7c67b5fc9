import { type Static, Type } from 'typebox';
import { limits } from './limits.ts';
import { oneOf, strictObject, taggedUnion } from './schema.ts';

/**
 * The parameters of a job template. There are no regular expressions in them: those of strangers can
 * be made to run for years, and length, prefix and a set of characters say nearly as much.
 */

export const charsets = ['letters', 'digits', 'alphanumeric', 'hex', 'slug', 'path'] as const;
export type Charset = (typeof charsets)[number];

const described = {
  name: Type.String({
    pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$',
    description: 'a letter or _, then letters, digits and _, 64 at most',
  }),
  description: Type.Optional(Type.String({ maxLength: limits.templateDescriptionChars })),
};
/** Without a word a parameter is required exactly when it has no default. */
const required = Type.Optional(Type.Boolean());
const Length = Type.Optional(Type.Integer({ minimum: 0, maximum: limits.parameterChars }));
const Text = Type.String({ maxLength: limits.parameterChars });

const StringParameter = strictObject({
  ...described,
  required,
  type: Type.Literal('string'),
  default: Type.Optional(Text),
  lengthMin: Length,
  lengthMax: Length,
  prefix: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  charset: Type.Optional(oneOf(charsets)),
});

const IntegerParameter = strictObject({
  ...described,
  required,
  type: Type.Literal('integer'),
  default: Type.Optional(Type.Integer()),
  min: Type.Optional(Type.Integer()),
  max: Type.Optional(Type.Integer()),
});

const NumberParameter = strictObject({
  ...described,
  required,
  type: Type.Literal('number'),
  default: Type.Optional(Type.Number()),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
});

const BooleanParameter = strictObject({
  ...described,
  required,
  type: Type.Literal('boolean'),
  default: Type.Optional(Type.Boolean()),
});

const ChoiceParameter = strictObject({
  ...described,
  required,
  type: Type.Literal('choice'),
  choices: Type.Array(Type.String({ maxLength: 256 }), {
    minItems: 1,
    maxItems: limits.parameterChoices,
    uniqueItems: true,
  }),
  default: Type.Optional(Type.String({ maxLength: 256 })),
});

/** Has no default: that would be a secret which everybody who reads the template knows. */
const SecretParameter = strictObject({
  ...described,
  required,
  type: Type.Literal('secret'),
  lengthMin: Length,
  lengthMax: Length,
});

export const TemplateParameter = taggedUnion('type', [
  StringParameter,
  IntegerParameter,
  NumberParameter,
  BooleanParameter,
  ChoiceParameter,
  SecretParameter,
]);
export type TemplateParameter = Static<typeof TemplateParameter>;
export type ParameterValue = string | number | boolean;

export const ParameterValues = Type.Record(
  Type.String({ maxLength: 64 }),
  Type.Unsafe<ParameterValue>({ type: ['string', 'number', 'boolean'] }),
  { maxProperties: limits.templateParameters, description: 'Values by parameter name' },
);
export type ParameterValues = Static<typeof ParameterValues>;

/** JSON in which texts may hold `{{name}}`; what comes out of it must be a JobSpecInput. */
export const TemplateSpec = Type.Unsafe<Record<string, unknown>>({
  type: 'object',
  description: 'A JobSpecInput whose texts may hold {{name}}; \\{{name}} stays as it is',
});
