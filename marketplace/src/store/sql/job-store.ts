import type { JobStore } from '../job-store.ts';
import type { Database } from './database.ts';
import { createEndedJobs } from './ended-jobs.ts';
import { recordImagePullIn, recordWorkProgressIn } from './execution-notes.ts';
import { changeExecutionIn, changeJobIn } from './job-change.ts';
import { claimJobIn } from './job-claim.ts';
import { createJobLabels } from './job-labels.ts';
import { jobOfKeyIn, postedBeforeIn, postJobIn, postTogetherIn } from './job-posting.ts';
import { createJobReads } from './job-reads.ts';
import { createLeaseStore } from './lease-store.ts';
import { createLogStore } from './log-store.ts';
import { createOpenJobs } from './open-jobs.ts';

export function createJobStore(database: Database): JobStore {
  return {
    ...createJobReads(database),
    ...createEndedJobs(database),
    ...createJobLabels(database),
    ...createOpenJobs(database),
    ...createLeaseStore(database),
    ...createLogStore(database),

    postedBefore(accountId, idempotency) {
      return database.read((tx) => postedBeforeIn(tx, accountId, idempotency));
    },
    jobOfKey(accountId, key) {
      return database.read((tx) => jobOfKeyIn(tx, accountId, key));
    },
    postJob(posting) {
      return database.write((tx) => postJobIn(tx, posting));
    },
    postJobsTogether(postings) {
      return database.write((tx) => postTogetherIn(tx, postings));
    },
    claimJob(claim) {
      return database.write((tx) => claimJobIn(tx, claim));
    },
    changeExecution(fence, agentId, decide, resultHash) {
      const change = { fence, agentId, decide, resultHash: resultHash ?? null };
      return database.write((tx) => changeExecutionIn(tx, change));
    },
    recordImagePull(fence, agentId, imagePull) {
      return database.write((tx) => recordImagePullIn(tx, { fence, agentId, imagePull }));
    },
    recordWorkProgress(fence, agentId, progress) {
      return database.write((tx) => recordWorkProgressIn(tx, { fence, agentId, progress }));
    },
    changeJob(jobId, decide) {
      return database.write((tx) => changeJobIn(tx, jobId, decide));
    },
  };
}
