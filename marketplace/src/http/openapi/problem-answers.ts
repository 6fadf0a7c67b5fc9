import { type ErrorCode, errorCodes } from '@node3/shared/error-codes';
import { fieldRules } from '@node3/shared/field-rules';

/** RFC 9457; further members are facts of the case. */
export const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'fix', 'retry'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    code: {
      type: 'string',
      description: `One of those in docs/reference/errors.md, such as ${'JOB_NOT_FOUND' satisfies ErrorCode}.`,
    },
    detail: { type: 'string', description: 'What is wrong in this case.' },
    fix: { type: 'string', description: 'What to do about it.' },
    retry: {
      type: 'string',
      enum: [...new Set(Object.values(errorCodes).map(({ retry }) => retry))],
      description: 'Whether the same request can succeed later.',
    },
    requestId: { type: 'string', description: 'Also in the log of the marketplace.' },
    errors: {
      type: 'array',
      description: 'Which fields are wrong.',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'A JSON pointer such as `/limits/runSec`.' },
          detail: { type: 'string' },
          fix: { type: 'string', description: 'Where it is another one for each field.' },
          rule: {
            type: 'string',
            enum: Object.keys(fieldRules),
            description: 'The rule that it breaks, where it is one of these.',
          },
          values: {
            type: 'object',
            additionalProperties: { type: ['string', 'number'] },
            description: 'What the rule asks for, such as `limit`.',
          },
        },
      },
    },
    error: { type: 'string', description: 'The word of OAuth for it, where there is one.' },
    match: { type: 'object', description: 'Why no agent can run it, and what would help.' },
    payment: { type: 'object', description: 'What is missing, and where to pay it.' },
    context: {
      type: 'object',
      description: 'Facts of this case; their shape depends on the code.',
    },
  },
};

/** What each operation of ours answers to a request that it refuses, or that it could not carry out. */
export const problemAnswers = {
  '4XX': { $ref: '#/components/responses/Problem' },
  '5XX': { $ref: '#/components/responses/Problem' },
};

/** Seeds have words of their own for what is wrong. */
export const seedProblemAnswers = {
  '4XX': { description: 'Refused, in the words of that system' },
  '5XX': { description: 'Not carried out, in the words of that system' },
};
