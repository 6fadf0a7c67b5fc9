import { type Static, Type } from 'typebox';
import { limits } from './limits.ts';
import { oneOf, strictObject, taggedUnion } from './schema.ts';

/** The graph of a flow, as the REDMIND editor draws it: nodes, edges and where it starts. */

const NodeId = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,64}$',
  description: 'Letters, digits, _ and -; never changed by us',
});

const described = {
  id: NodeId,
  typeVersion: Type.Optional(Type.Union([Type.Literal(1), Type.Literal('1')])),
  label: Type.Optional(Type.String({ maxLength: 256 })),
  /** Where the editor draws it: kept as it is. */
  ui: Type.Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
};

/** JSON whose texts may hold `{{path}}`. */
const Template = Type.Unsafe<unknown>({
  description:
    'JSON whose texts may hold {{input.a}}, {{steps.id.b[0]}}; \\{{…}} stays as it is. A text that is one placeholder becomes the value with its type',
});
const Empty = Type.Optional(strictObject({}));

export const conditionOps = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'contains', 'exists'] as const;
export type ConditionOp = (typeof conditionOps)[number];

/** Nested, which schemas of answers can't be: checked by `domain/flow-condition.ts`. */
export type FlowCondition =
  | { left: unknown; op: ConditionOp; right?: unknown }
  | { all: FlowCondition[] }
  | { any: FlowCondition[] }
  | { not: FlowCondition };

const Condition = Type.Unsafe<FlowCondition>({
  type: 'object',
  description:
    '{"left","op","right"} with op eq, ne, lt, lte, gt, gte, contains or exists; or {"all":[…]}, {"any":[…]}, {"not":…}',
});

const requestConfig = (secondsMax: number) =>
  strictObject({
    url: Type.String({ minLength: 1, maxLength: 2_048, description: 'May hold placeholders' }),
    method: Type.Optional(oneOf(['GET', 'HEAD', 'POST', 'PUT'], 'GET when absent')),
    headers: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z0-9-]{1,64}$' }),
        Type.String({ maxLength: 4_096 }),
        {
          maxProperties: limits.flowHeaders,
          description: 'Values may hold {{secret.NAME}}, which no trace shows',
        },
      ),
    ),
    body: Type.Optional(Template),
    timeoutSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: secondsMax })),
    allowErrorStatus: Type.Optional(
      Type.Boolean({ description: 'An answer from 400 on is an output and no error' }),
    ),
    idempotent: Type.Optional(
      Type.Boolean({
        description: 'The receiver heeds Idempotency-Key: a POST may be repeated after a crash',
      }),
    ),
  });

export const FlowNode = taggedUnion('type', [
  strictObject({ ...described, type: Type.Literal('input'), config: Empty }),
  strictObject({
    ...described,
    type: Type.Literal('output'),
    config: Type.Optional(strictObject({ value: Type.Optional(Template) })),
  }),
  strictObject({
    ...described,
    type: Type.Literal('transform'),
    config: strictObject({ value: Template }),
  }),
  strictObject({
    ...described,
    type: Type.Literal('condition'),
    config: strictObject({
      if: Type.Optional(Condition),
      switch: Type.Optional(Type.String({ minLength: 1, maxLength: 1_024 })),
    }),
  }),
  strictObject({
    ...described,
    type: Type.Literal('wait'),
    config: strictObject({
      seconds: Type.Number({ minimum: 0, maximum: limits.flowRunSecMax }),
    }),
  }),
  strictObject({
    ...described,
    type: Type.Literal('http'),
    config: requestConfig(limits.flowHttpSec),
  }),
  strictObject({
    ...described,
    type: Type.Literal('llm'),
    config: requestConfig(limits.flowLlmSec),
  }),
  strictObject({
    ...described,
    type: Type.Literal('job'),
    config: strictObject({
      spec: Type.Unsafe<Record<string, unknown>>({
        type: 'object',
        description:
          'A JobSpecInput whose texts may hold placeholders, and {{secret.NAME}} in values of secrets',
      }),
    }),
  }),
]);
export type FlowNode = Static<typeof FlowNode>;

export const FlowEdge = strictObject({
  id: Type.String({ minLength: 1, maxLength: 128 }),
  source: NodeId,
  target: NodeId,
  when: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 64,
      description:
        'Of a condition: taken when it gives this text, true or false; else: when it gives none of the others',
    }),
  ),
});
export type FlowEdge = Static<typeof FlowEdge>;

export const FlowGraph = strictObject({
  start: NodeId,
  nodes: Type.Array(FlowNode, { minItems: 1, maxItems: limits.flowNodes }),
  edges: Type.Array(FlowEdge, { maxItems: limits.flowEdges }),
});
export type FlowGraph = Static<typeof FlowGraph>;

export const FlowSecrets = Type.Record(
  Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,63}$' }),
  Type.String({ minLength: 1, maxLength: 4_096 }),
  { maxProperties: limits.flowSecrets, description: 'Values by name, sealed and never shown' },
);
export type FlowSecrets = Static<typeof FlowSecrets>;
