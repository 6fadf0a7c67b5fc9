import { type TProperties, Type } from 'typebox';
import { limits } from '../limits.ts';

/** An object whose unknown fields are let through: clients of later versions send some. */
export const lenient = <T extends TProperties>(properties: T) => Type.Object(properties);

/** Go writes null for what is empty. */
export const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Optional(Type.Union([schema, Type.Null()]));

export const words = (maxLength: number) => Type.String({ maxLength });

/** What several of Bacalhau's requests take in their query. */
export const bacalhauQuery = {
  namespace: {
    namespace: Type.Optional(Type.String({ maxLength: 256, description: 'default when absent' })),
  },
  page: {
    limit: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.listPageMax })),
    next_token: Type.Optional(words(128)),
    reverse: Type.Optional(Type.Boolean()),
  },
  version: { job_version: Type.Optional(Type.Integer({ minimum: 0 })) },
  labels: Type.Optional(
    Type.Union([words(1_024), Type.Array(words(1_024), { maxItems: 32 })], {
      description: 'Selectors as Kubernetes writes them; all must fit',
    }),
  ),
};
