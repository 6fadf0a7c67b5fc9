import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import { type BrokerFile, brokerCache, brokerStore } from '@node3/shared/routes/galaksio-broker';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { keepBytes, type SmallFile } from '../../../services/keep-bytes.ts';
import { createArtifactLink } from '../../../services/read-artifacts.ts';
import { originOf } from '../../answer-payment.ts';
import type { HttpDeps } from '../../http-deps.ts';
import {
  readData,
  readKeepMs,
  refuseForever,
  refuseRegion,
  toBrokerFile,
} from './broker-mapping.ts';

/** JSON around the bytes in base64. */
const bodyLimit = Math.ceil((limits.brokerDataBytes * 4) / 3) + 64 * 1024;

/** What Galaksio's broker does with data: an artifact, kept for some time. */
export function addBrokerStoreRoutes(app: FastifyInstance, deps: HttpDeps): void {
  const authenticate = deps.auth.requester;
  const { keepMs } = deps.artifacts;
  addRoute(app, brokerStore, {
    authenticate,
    bodyLimit,
    async handler({ principal, body, request }) {
      const { filename = 'data', options = {} } = body;
      refuseForever(options.permanent);
      const { ttl } = options;
      const file = {
        name: filename,
        bytes: readData(body),
        keepMs: ttl === undefined ? keepMs : readKeepMs(ttl, keepMs, '/options/ttl'),
      };
      return keep(deps, request, principal.accountId, file);
    },
  });
  addRoute(app, brokerCache, {
    authenticate,
    bodyLimit,
    async handler({ principal, body, request }) {
      const { filename = 'value', ttl = limits.brokerCacheSec } = body;
      refuseRegion(body.region);
      const file = {
        name: filename,
        bytes: readData(body),
        keepMs: readKeepMs(ttl, keepMs, '/ttl'),
      };
      return keep(deps, request, principal.accountId, file);
    },
  });
}

async function keep(
  deps: HttpDeps,
  request: FastifyRequest,
  accountId: string,
  file: SmallFile,
): Promise<BrokerFile> {
  const row = await keepBytes(deps, accountId, file);
  const linkSec = Math.min(Math.floor(file.keepMs / 1_000), limits.artifactLinkSecMax);
  const { url, expiresAt } = await createArtifactLink(deps, row, linkSec);
  return toBrokerFile(row, { url: originOf(deps, request) + url, expiresAt });
}
