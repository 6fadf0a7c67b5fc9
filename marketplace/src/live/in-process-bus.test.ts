import { limits } from '@node3/shared/limits';
import { describeEventBus } from './event-bus.conformance.ts';
import { InProcessBus } from './in-process-bus.ts';

describeEventBus('in one process', async () => {
  const bus = new InProcessBus();
  return { join: async () => bus.join(), jobsMax: limits.busJobsPerMessage, async end() {} };
});
