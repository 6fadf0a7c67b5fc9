import { Type } from 'typebox';
import type { RouteContract } from '../contract.ts';
import { oneOf } from '../schema.ts';
import { BacalhauNode } from './bacalhau-models.ts';
import { bacalhauQuery, lenient, orNull, words } from './bacalhau-parts.ts';

/** Our agents as Bacalhau's compute nodes, and the marketplace as the node that its clients talk to. */

const tag = 'bacalhau';
const { namespace, page } = bacalhauQuery;
const nodes = '/api/v1/orchestrator/nodes';
const nodeParams = Type.Object({ nodeId: words(128) });

export const bacalhauListNodes = {
  method: 'GET',
  url: nodes,
  summary: 'Agents as Bacalhau’s compute nodes',
  audience: 'requester',
  tag,
  schema: {
    querystring: Type.Object({
      ...namespace,
      ...page,
      order_by: Type.Optional(words(32)),
      labels: bacalhauQuery.labels,
      'filter-approval': Type.Optional(words(32)),
      'filter-status': Type.Optional(words(32)),
    }),
    response: { 200: Type.Object({ Nodes: Type.Array(BacalhauNode), NextToken: Type.String() }) },
  },
} as const satisfies RouteContract;

export const bacalhauGetNode = {
  method: 'GET',
  url: `${nodes}/:nodeId`,
  summary: 'One agent as a compute node',
  audience: 'requester',
  tag,
  schema: {
    params: nodeParams,
    querystring: Type.Object(namespace),
    response: { 200: Type.Object({ Node: BacalhauNode }) },
  },
} as const satisfies RouteContract;

export const bacalhauPutNode = {
  method: 'PUT',
  url: `${nodes}/:nodeId`,
  summary: 'Let an agent in, shut it out, or take it out for good',
  audience: 'operator',
  tag,
  schema: {
    params: nodeParams,
    querystring: Type.Object(namespace),
    body: lenient({
      Action: oneOf(['approve', 'reject', 'delete']),
      Message: orNull(words(256)),
    }),
    response: { 200: Type.Object({ Success: Type.Boolean(), Error: Type.String() }) },
  },
} as const satisfies RouteContract;

const agent = '/api/v1/agent';
const agentQuery = Type.Object(namespace);

export const bacalhauAlive = {
  method: 'GET',
  url: `${agent}/alive`,
  summary: 'Whether the marketplace answers',
  audience: 'public',
  tag,
  schema: { querystring: agentQuery, response: { 200: Type.Object({ Status: Type.String() }) } },
} as const satisfies RouteContract;

export const bacalhauVersion = {
  method: 'GET',
  url: `${agent}/version`,
  summary: 'The version of Bacalhau’s API that is spoken here, and our own',
  audience: 'public',
  tag,
  schema: {
    querystring: agentQuery,
    response: {
      200: Type.Object({
        Major: Type.String(),
        Minor: Type.String(),
        GitVersion: Type.String({ description: 'node3 and its version as build metadata' }),
      }),
    },
  },
} as const satisfies RouteContract;

export const bacalhauAgentNode = {
  method: 'GET',
  url: `${agent}/node`,
  summary: 'The marketplace as the requester node that it is',
  audience: 'requester',
  tag,
  schema: { querystring: agentQuery, response: { 200: BacalhauNode } },
} as const satisfies RouteContract;

export const bacalhauConfig = {
  method: 'GET',
  url: `${agent}/config`,
  summary: 'Defaults of jobs; no secrets',
  audience: 'requester',
  tag,
  schema: {
    querystring: agentQuery,
    response: { 200: Type.Object({ config: Type.Record(Type.String(), Type.Unknown()) }) },
  },
} as const satisfies RouteContract;

export const bacalhauAuthConfig = {
  method: 'GET',
  url: `${agent}/authconfig`,
  summary: 'How clients sign in: with a key, there is no OAuth2 provider',
  audience: 'public',
  tag,
  schema: {
    querystring: agentQuery,
    response: {
      200: Type.Object({
        Version: Type.String(),
        Config: Type.Record(Type.String(), Type.Unknown()),
      }),
    },
  },
} as const satisfies RouteContract;

export const bacalhauDebug = {
  method: 'GET',
  url: `${agent}/debug`,
  summary: 'How many jobs are in which state',
  audience: 'operator',
  tag,
  schema: {
    querystring: agentQuery,
    response: {
      200: Type.Array(
        Type.Object({ component: Type.String(), info: Type.Record(Type.String(), Type.Unknown()) }),
      ),
    },
  },
} as const satisfies RouteContract;
