import {
  type CallerRole,
  callerRoles,
  routeAccess,
  routeOf,
  verdictOf,
} from '@node3/marketplace/testing/route-access';
import { apiRoutes } from './api-routes.ts';
import { table } from './markdown-table.ts';

const audiences = {
  public: 'No key is wanted',
  requester: 'A requester is wanted',
  agent: 'An agent is wanted',
  operator: 'The operator is wanted',
};

/** Who is answered what on every endpoint; a test asks the real service each of these. */
export function authorisationDocument(notice: string): string {
  const roles = Object.keys(callerRoles) as CallerRole[];
  const marketplace = apiRoutes.filter(({ tag }) => tag !== 'agent');
  const callers = table(
    ['caller', 'who that is'],
    Object.entries(callerRoles).map(([role, text]) => [role, text]),
  );
  const sections = Object.entries(audiences).map(([audience, title]) => {
    const rows = marketplace
      .filter((route) => route.audience === audience)
      .map((contract) => [
        `\`${routeOf(contract)}\``,
        ...roles.map((role) => markOf(verdictOf(contract, role))),
        noteOf(routeOf(contract)),
      ]);
    return `## ${title}\n\n${table(['endpoint', ...roles, ''], rows)}`;
  });
  return `# Who may do what\n\n${notice}\n\n${intro}\n\n${callers}\n\n${sections.join('\n\n')}\n\n${agentSection()}\n`;
}

const intro =
  'Every row is asked of the real service by `marketplace/src/http/authorisation.test.ts`, as every caller. ' +
  'Where a path names a thing, it is one of the owner or the holder. A code that ends in `_NOT_FOUND`, ' +
  '`LEASE_STALE` or `PROOF_NOT_OPEN` is answered word for word as if the thing did not exist. ' +
  '`yes`: the key is good for it; what the request says is checked after that.';

function markOf(verdict: string): string {
  return verdict === 'yes' ? 'yes' : `\`${verdict}\``;
}

function noteOf(route: string): string {
  const access = routeAccess[route];
  const notes = [
    access?.scope === 'caller' ? "only the caller's own" : null,
    access?.operatorAll === true ? 'the operator sees those of all accounts' : null,
    access?.walletProof === true ? 'wants a proof of the wallet' : null,
    access?.uncapped === true ? 'a key with caps is refused' : null,
    access?.keyOptional === true ? 'a key may be shown and then has to be good' : null,
    access?.onBoard === true ? 'the job is on the public board' : null,
  ];
  return notes.filter((note) => note !== null).join('; ');
}

/** The agent's own port, which knows no roles but the token of the agent. */
function agentSection(): string {
  const rows = apiRoutes
    .filter(({ tag }) => tag === 'agent')
    .map((contract) => [
      `\`${routeOf(contract)}\``,
      contract.audience === 'public' ? 'yes' : '`AGENT_TOKEN_REQUIRED`',
      'yes',
    ]);
  const head = ['endpoint', "without the token, or with half of a page's key", 'with the token'];
  return `## The agent's own port\n\n${table(head, rows)}`;
}
