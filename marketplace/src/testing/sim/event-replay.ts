import type { JobState } from '@node3/shared/job-state';
import type { EventRow } from '../../store/rows.ts';

interface Told {
  state: JobState;
  attempt: number;
  /** Executions that were assigned and have not ended, by what was told. */
  live: Set<string>;
  ended: number;
}

/** Follows jobs by their events alone: whoever listens has to know where each of them is. */
export class EventReplay {
  readonly jobs = new Map<string, Told>();
  readonly problems: string[] = [];

  add(event: EventRow): void {
    const { name, jobId, executionId, data } = event;
    if (jobId === null) return;
    if (name === 'job.posted') {
      this.jobs.set(jobId, { state: 'queued', attempt: 0, live: new Set(), ended: 0 });
      return;
    }
    const told = this.jobs.get(jobId);
    if (told === undefined) {
      this.#complain(event, 'comes before the job was posted');
      return;
    }
    if (name === 'job.assigned') {
      this.#expect(event, told.state === 'queued', 'of a job that is not queued');
      told.state = 'assigned';
      told.attempt = Number(data['attempt']);
      told.live.add(executionId ?? '');
    } else if (name === 'job.started') {
      this.#expect(event, told.state === 'assigned', 'of a job that is not assigned');
      told.state = 'running';
    } else if (name === 'execution.ended') {
      this.#expect(event, told.live.delete(executionId ?? ''), 'of an execution that is not live');
      told.ended += 1;
    } else if (name === 'job.requeued') {
      this.#expect(event, told.live.size === 0, 'of a job that is held');
      told.state = 'queued';
    } else if (name === 'job.ended') {
      this.#expect(event, told.live.size === 0, 'of a job that is held');
      told.state = data['state'] as JobState;
    }
  }

  #expect(event: EventRow, holds: boolean, otherwise: string): void {
    if (!holds) this.#complain(event, otherwise);
  }

  #complain({ name, seq, jobId }: EventRow, what: string): void {
    this.problems.push(`event ${seq} of ${jobId}: ${name} ${what}`);
  }
}
