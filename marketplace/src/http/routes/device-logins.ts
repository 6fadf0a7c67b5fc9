import { parse } from 'node:querystring';
import { addRoute } from '@node3/shared/http/add-route';
import {
  decideDeviceLogin as decideContract,
  getDeviceLogin as getContract,
  startDeviceLogin as startContract,
  takeDeviceToken as takeContract,
} from '@node3/shared/routes/device-logins';
import { signInLimits } from '@node3/shared/sign-in-limits';
import type { FastifyInstance } from 'fastify';
import { auditAddress } from '../../services/audit-address.ts';
import {
  decideDeviceLogin,
  readDeviceLogin,
  startDeviceLogin,
  takeDeviceToken,
} from '../../services/manage-device-logins.ts';
import { devicePage, deviceScript } from '../device-page.ts';
import type { HttpDeps } from '../http-deps.ts';
import { KeyRates } from '../key-rates.ts';
import { ownOrigin } from '../own-origin.ts';
import { publicWriteLimit } from '../rate-limit.ts';
import { alsoPage } from '../static-files.ts';

const formType = 'application/x-www-form-urlencoded';
const accountsCounted = 10_000;

/** In a scope of its own: here alone a body may be a form, as the RFC has it. */
export async function addDeviceLoginRoutes(app: FastifyInstance, deps: HttpDeps): Promise<void> {
  app.addContentTypeParser(formType, { parseAs: 'string' }, (_request, body, done) => {
    done(null, { ...parse(String(body)) });
  });
  addRoute(app, startContract, {
    authenticate: deps.auth.public,
    config: publicWriteLimit,
    handler: ({ body, request }) =>
      startDeviceLogin(deps, body, {
        origin: ownOrigin(deps.publicUrl, request),
        ip: auditAddress(request.ip, deps.auditAddress),
      }),
  });
  addRoute(app, takeContract, {
    authenticate: deps.auth.public,
    config: publicWriteLimit,
    async handler({ body, reply }) {
      void reply.header('cache-control', 'no-store');
      return takeDeviceToken(deps, body);
    },
  });
  addDecisions(app, deps);
  addPage(app);
}

function addDecisions(app: FastifyInstance, deps: HttpDeps): void {
  const tries = new KeyRates({
    clock: deps.clock,
    unitsPerMinute: signInLimits.userCodesPerMinute,
    keysMax: accountsCounted,
  });
  addRoute(app, getContract, {
    authenticate: deps.auth.requester,
    config: publicWriteLimit,
    async handler({ principal, params }) {
      tries.take(principal.accountId, 1);
      return readDeviceLogin(deps, params.userCode);
    },
  });
  addRoute(app, decideContract, {
    authenticate: deps.auth.requester,
    config: publicWriteLimit,
    async handler({ principal, params, body }) {
      tries.take(principal.accountId, 1);
      return decideDeviceLogin(deps, principal, { ...params, ...body });
    },
  });
}

/** The web app has a better one. This one needs nothing that has to be built, and is for where it isn't. */
function addPage(app: FastifyInstance): void {
  const schema = { hide: true };
  app.get('/device', { schema, config: alsoPage }, async (_request, reply) => {
    void reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache');
    return reply.serializer(String).send(devicePage);
  });
  app.get('/device.js', { schema }, async (_request, reply) => {
    void reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache');
    return reply.serializer(String).send(deviceScript);
  });
}
