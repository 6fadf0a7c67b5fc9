import { addRoute } from '@node3/shared/http/add-route';
import { limits } from '@node3/shared/limits';
import { assetDecimals } from '@node3/shared/money';
import { execute, executeAsync } from '@node3/shared/routes/galaksio';
import { brokerRun } from '@node3/shared/routes/galaksio-broker';
import { createX402Job, getX402 } from '@node3/shared/routes/x402';
import type { FastifyInstance } from 'fastify';
import { readJobDetail } from '../../services/read-job.ts';
import { takePayment } from '../answer-payment.ts';
import type { HttpDeps } from '../http-deps.ts';
import { paymentLimit } from '../rate-limit.ts';

const spendControl =
  'Stock x402 clients refuse payments of more than $1 unless they are told otherwise, such as ' +
  "spendControls: { maxAmountPerPayment: '$50' } in @x402/fetch.";

export function addX402Routes(app: FastifyInstance, deps: HttpDeps): void {
  addRoute(app, getX402, {
    authenticate: deps.auth.public,
    handler: async () => ({ offer: await viewOffer(deps) }),
  });
  addRoute(app, createX402Job, {
    authenticate: deps.auth.public,
    bodyLimit: limits.jobBodyBytes,
    config: paymentLimit,
    async handler({ body, request, reply }) {
      const description = 'One job of this marketplace: the whole price, reward and fee';
      const posted = await takePayment(deps, { request, reply, body, spec: body, description });
      if (posted === null) return reply as never;
      const { job, settled } = posted;
      void reply.header('location', `/api/v1/jobs/${job.jobId}`);
      const { accountId } = job;
      return {
        ...(await readJobDetail(deps, job)),
        jobToken: deps.jobTokens.token(job.jobId),
        payment:
          settled === null
            ? null
            : { signature: settled.signature, payer: settled.payer, accountId },
      };
    },
  });
}

async function viewOffer({ x402 }: HttpDeps) {
  if (x402 === null) return null;
  const { networks, usdcMint, payTo, feePayer } = x402.offer;
  const reason = await x402.closed();
  return {
    open: reason === null,
    reason,
    scheme: 'exact' as const,
    networks,
    asset: { mint: usdcMint, symbol: 'USDC' as const, decimals: assetDecimals.USDC },
    payTo,
    feePayer,
    endpoints: [createX402Job, execute, executeAsync, brokerRun].map(
      ({ method, url }) => `${method} ${url}`,
    ),
    spendControl,
  };
}
