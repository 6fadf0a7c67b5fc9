import { workerData } from 'node:worker_threads';
import { backUpDatabase } from './move-database.ts';

/** A thread of its own: the rows of a file are written and proved in calls that wait for the disk. */
const { url, file } = workerData as { url: string; file: string };
await backUpDatabase({ engine: 'postgres', url }, file);
