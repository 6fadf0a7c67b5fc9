import type { RouteContract } from '@node3/shared/contract';
import { createAccount } from '@node3/shared/routes/accounts';
import { registerAgent } from '@node3/shared/routes/agents';
import { createUpload, putUploadPart } from '@node3/shared/routes/artifacts';
import { downloadBackup } from '@node3/shared/routes/backup';
import { execute, executeAsync } from '@node3/shared/routes/galaksio';
import { createJobs, rerunJob } from '@node3/shared/routes/job-bulk';
import { createJob } from '@node3/shared/routes/jobs';
import { seedCreateJob, seedRegister } from '@node3/shared/routes/node3';
import { createQuote } from '@node3/shared/routes/quotes';
import { createReservation } from '@node3/shared/routes/reservations';
import { createSchedule } from '@node3/shared/routes/schedules';
import { createTemplate, createTemplateVersion, runTemplate } from '@node3/shared/routes/templates';
import { createWebhook } from '@node3/shared/routes/webhooks';
import { createX402Job } from '@node3/shared/routes/x402';
import type { FastifyInstance } from 'fastify';
import type { DiskRoom } from '../services/disk-room.ts';

/** What begins something, and so needs more and more room from then on. */
const newWork: readonly RouteContract[] = [
  createAccount,
  registerAgent,
  seedRegister,
  createJob,
  createJobs,
  rerunJob,
  seedCreateJob,
  execute,
  executeAsync,
  createX402Job,
  createQuote,
  createReservation,
  createSchedule,
  createTemplate,
  createTemplateVersion,
  runTemplate,
  createWebhook,
  createUpload,
  putUploadPart,
  downloadBackup,
];

/** Refuses new work on a disk that is nearly full, before its body is read and before it is paid for. */
export function refuseNewWork(
  app: FastifyInstance,
  room: Pick<DiskRoom, 'assertForNewWork'>,
): void {
  const names = new Set(newWork.map(({ method, url }) => `${method} ${url}`));
  app.addHook('onRequest', (request, _reply, done) => {
    if (names.has(`${request.method} ${request.routeOptions.url}`)) room.assertForNewWork();
    done();
  });
}
