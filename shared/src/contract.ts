import type { Static, TSchema } from 'typebox';
import type { NeededScope } from './key-scopes.ts';

/** Whose key a route wants. `public` routes need none; `provider` is the token of an agent's own API. */
export type Audience = 'public' | 'requester' | 'agent' | 'operator' | 'provider';

/**
 * One endpoint, declared once: the server registers it, the client calls it, OpenAPI describes it.
 * `summary` is what the documentation shows.
 */
export interface RouteContract {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  summary: string;
  audience: Audience;
  tag: string;
  /** What a key of an account needs for it, where that is not `requester`. */
  scope?: 'provider' | 'account';
  /**
   * `read`: answers carry a strong ETag, and 304 comes for one that `If-None-Match` names. `change`: with
   * `If-Match` it is done only while the resource is as it was read, else RESOURCE_CHANGED.
   */
  etag?: 'read' | 'change';
  schema: {
    params?: TSchema;
    querystring?: TSchema;
    body?: TSchema;
    response: Record<number, TSchema>;
  };
}

type Part<T> = T extends TSchema ? Static<T> : undefined;

export type ParamsOf<C extends RouteContract> = Part<C['schema']['params']>;
export type QueryOf<C extends RouteContract> = Part<C['schema']['querystring']>;
export type BodyOf<C extends RouteContract> = Part<C['schema']['body']>;

/** The body of the successful answer. */
export type ReplyOf<C extends RouteContract> = C['schema']['response'] extends infer R
  ? R[keyof R & (200 | 201 | 202)] extends infer S
    ? S extends TSchema
      ? Static<S>
      : never
    : never
  : never;

type Field<Name extends string, T> = T extends undefined ? unknown : { [K in Name]: T };

/** What may all be left out may be left out as a whole. */
type QueryField<T> = Partial<T> extends T ? { query?: T } : Field<'query', T>;

/** What a caller must give: exactly the parts the contract has. */
export type ArgsOf<C extends RouteContract> = Field<'params', ParamsOf<C>> &
  QueryField<QueryOf<C>> &
  Field<'body', BodyOf<C>>;

/** The scope that a key needs for it; null: it takes none. */
export function scopeOf({ audience, scope }: RouteContract): NeededScope | null {
  if (audience === 'public' || audience === 'provider') return null;
  return scope ?? audience;
}
