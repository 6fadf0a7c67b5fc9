import { type ChangeOptions, changing } from './http/if-match.ts';
import { type ListOptions, type Pages, pagesOf } from './http/pages.ts';
import {
  type CallOptions,
  idempotent,
  type PostOptions,
  part,
  type Transport,
} from './http/transport.ts';
import type { Schedule, ScheduleInput, ScheduleSummary } from './types/schedule.ts';

const path = '/api/v1/schedules';

/** `node3.schedules`: jobs by the clock. Calls reject with ApiError or ConnectionError. */
export class Schedules {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Posts a job at every time that a cron expression says. Tried again, it makes one all the same. */
  create(schedule: ScheduleInput, options?: PostOptions): Promise<Schedule> {
    const call = { method: 'POST', path, body: schedule } as const;
    return this.#transport.json({ ...call, ...idempotent(options) });
  }

  /** The next times of a cron expression in a time zone. */
  async preview(
    { cron, timezone }: Pick<ScheduleInput, 'cron' | 'timezone'>,
    options?: CallOptions,
  ): Promise<string[]> {
    const call = { method: 'POST', path: `${path}/preview`, body: { cron, timezone } } as const;
    const { next } = await this.#transport.json<{ next: string[] }>({
      ...call,
      repeat: 'any',
      options,
    });
    return next;
  }

  /** Your schedules, newest first. */
  list(options?: ListOptions): Pages<ScheduleSummary> {
    return pagesOf(this.#transport, path, options);
  }

  /** One with its next times and its last runs. */
  get(scheduleId: string, options?: CallOptions): Promise<Schedule> {
    return this.#one('GET', scheduleId, '', options);
  }

  /** Changes when and how it posts, all of it at once; what it posts stays. */
  change(
    scheduleId: string,
    rules: Omit<ScheduleInput, 'jobSpec' | 'template'>,
    options: ChangeOptions = {},
  ): Promise<Schedule> {
    const call = { method: 'PUT', path: `${path}/${part(scheduleId)}`, body: rules } as const;
    return this.#transport.json({ ...call, ...changing(options) });
  }

  /** Posts no jobs until it is resumed. */
  pause(scheduleId: string, options?: ChangeOptions): Promise<Schedule> {
    return this.#one('POST', scheduleId, '/pause', options);
  }

  /** Goes on with the next time from now, its failures forgotten. */
  resume(scheduleId: string, options?: ChangeOptions): Promise<Schedule> {
    return this.#one('POST', scheduleId, '/resume', options);
  }

  /** Removes it; its jobs stay. */
  async delete(scheduleId: string, options?: CallOptions): Promise<void> {
    await this.#one('DELETE', scheduleId, '', options);
  }

  #one(
    method: 'GET' | 'POST' | 'DELETE',
    scheduleId: string,
    below: string,
    options: ChangeOptions | undefined,
  ): Promise<Schedule> {
    const call = { method, path: `${path}/${part(scheduleId)}${below}` };
    return this.#transport.json({ ...call, ...changing(options) });
  }
}
