import type { RouteContract } from '@node3/shared/contract';
import { createAccount } from '@node3/shared/routes/accounts';
import { registerAgent } from '@node3/shared/routes/agents';
import { createUpload, putUploadPart } from '@node3/shared/routes/artifacts';
import { downloadBackup } from '@node3/shared/routes/backup';
import { createFlow, putFlow } from '@node3/shared/routes/flows';
import { execute, executeAsync } from '@node3/shared/routes/galaksio';
import { brokerCache, brokerRun, brokerStore } from '@node3/shared/routes/galaksio-broker';
import { createJobs, rerunJob } from '@node3/shared/routes/job-bulk';
import { importJobs } from '@node3/shared/routes/job-import';
import { createJobLink } from '@node3/shared/routes/job-links';
import { createJob } from '@node3/shared/routes/jobs';
import { seedCreateJob, seedRegister } from '@node3/shared/routes/node3';
import { createQuote } from '@node3/shared/routes/quotes';
import { rerunRun, startRun, testRun } from '@node3/shared/routes/redmind';
import { createReservation } from '@node3/shared/routes/reservations';
import { createSchedule } from '@node3/shared/routes/schedules';
import { createSnippet, putSnippet, runSnippet } from '@node3/shared/routes/snippets';
import {
  copyTemplate,
  createTemplate,
  createTemplateVersion,
  runTemplate,
} from '@node3/shared/routes/templates';
import { createWebhook } from '@node3/shared/routes/webhooks';
import { createX402Job } from '@node3/shared/routes/x402';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DiskRoom } from '../services/disk-room.ts';
import type { Intake } from '../services/intake.ts';

/** The same, where it may be a repetition of what was stored or paid before. */
const repeatableWork: readonly RouteContract[] = [
  createJob,
  createJobs,
  importJobs,
  rerunJob,
  execute,
  executeAsync,
  brokerRun,
  createX402Job,
  runTemplate,
  runSnippet,
  createSchedule,
  startRun,
  testRun,
  rerunRun,
];

/** What begins something, and so needs more and more room from then on. */
const newWork: readonly RouteContract[] = [
  ...repeatableWork,
  createAccount,
  registerAgent,
  seedRegister,
  seedCreateJob,
  createQuote,
  createReservation,
  createFlow,
  putFlow,
  createSnippet,
  putSnippet,
  createJobLink,
  createTemplate,
  createTemplateVersion,
  copyTemplate,
  createWebhook,
  createUpload,
  brokerStore,
  brokerCache,
  putUploadPart,
  downloadBackup,
];

/** What only the disk refuses: how one gets to one's money, and what runs already. */
const notJobs: readonly RouteContract[] = [createAccount, putUploadPart, downloadBackup];

/**
 * Refuses new work on a disk that is nearly full, and while the operator takes none, before its body is
 * read and before it is paid for. Repetitions get their answer: what could be one is refused by its
 * service.
 */
export function refuseNewWork(
  app: FastifyInstance,
  {
    room,
    intake,
  }: { room: Pick<DiskRoom, 'assertForNewWork'>; intake: Pick<Intake, 'assertOpen'> },
): void {
  const nameOf = ({ method, url }: { method: string; url?: string | undefined }) =>
    `${method} ${url}`;
  const names = new Set(newWork.map(nameOf));
  const repeatable = new Set(repeatableWork.map(nameOf));
  const onlyDisk = new Set(notJobs.map(nameOf));
  app.addHook('onRequest', (request, _reply, done) => {
    const name = nameOf({ method: request.method, url: request.routeOptions.url });
    const mayRepeat = repeatable.has(name) && hasKeyOrPayment(request);
    if (onlyDisk.has(name)) room.assertForNewWork();
    else if (names.has(name) && !mayRepeat) intake.assertOpen();
    done();
  });
}

function hasKeyOrPayment({ headers }: FastifyRequest): boolean {
  return ['idempotency-key', 'payment-signature', 'x-payment'].some((name) => name in headers);
}
