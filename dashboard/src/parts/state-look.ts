import type { ExecutionState } from '@node3/shared/execution-state';
import type { JobState } from '@node3/shared/job-state';
import type { PayoutState } from '@node3/shared/settlement-state';
import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconChecks,
  IconClock,
  IconClockX,
  IconDownload,
  IconHourglass,
  IconPlayerPlay,
  IconPlugConnectedX,
  IconSend,
  IconUserCheck,
  IconX,
  type TablerIcon,
} from '@tabler/icons-react';

/** A colour never stands alone: every state has its icon, and its word beside it. */
export interface Look {
  color: string;
  icon: TablerIcon;
}

export const jobLooks: Record<JobState, Look> = {
  awaiting_funds: { color: 'yellow', icon: IconClock },
  queued: { color: 'gray', icon: IconHourglass },
  assigned: { color: 'cyan', icon: IconUserCheck },
  running: { color: 'indigo', icon: IconPlayerPlay },
  succeeded: { color: 'green', icon: IconCheck },
  failed: { color: 'red', icon: IconX },
  cancelled: { color: 'gray', icon: IconBan },
  timed_out: { color: 'orange', icon: IconClockX },
  expired: { color: 'orange', icon: IconClockX },
};

export const executionLooks: Record<ExecutionState, Look> = {
  leased: { color: 'cyan', icon: IconUserCheck },
  preparing: { color: 'cyan', icon: IconDownload },
  running: { color: 'indigo', icon: IconPlayerPlay },
  collecting: { color: 'indigo', icon: IconDownload },
  succeeded: { color: 'green', icon: IconCheck },
  failed: { color: 'red', icon: IconX },
  timed_out: { color: 'orange', icon: IconClockX },
  cancelled: { color: 'gray', icon: IconBan },
  lost: { color: 'red', icon: IconPlugConnectedX },
};

export const payoutLooks: Record<PayoutState, Look> = {
  due: { color: 'gray', icon: IconHourglass },
  batched: { color: 'gray', icon: IconHourglass },
  submitted: { color: 'cyan', icon: IconSend },
  confirmed: { color: 'indigo', icon: IconCheck },
  finalized: { color: 'green', icon: IconChecks },
  held: { color: 'red', icon: IconAlertTriangle },
  cancelled: { color: 'gray', icon: IconBan },
};
