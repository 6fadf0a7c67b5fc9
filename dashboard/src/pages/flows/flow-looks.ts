import type { FlowRunState, FlowStepState } from '@node3/shared/flow-state';
import {
  IconBan,
  IconCheck,
  IconClockX,
  IconHourglass,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconX,
} from '@tabler/icons-react';
import type { Look } from '../../parts/state-look.ts';

export const runLooks: Record<FlowRunState, Look> = {
  pending: { color: 'gray', icon: IconHourglass },
  running: { color: 'indigo', icon: IconPlayerPlay },
  completed: { color: 'green', icon: IconCheck },
  error: { color: 'red', icon: IconX },
  cancelled: { color: 'gray', icon: IconBan },
  timeout: { color: 'orange', icon: IconClockX },
};

export const stepLooks: Record<FlowStepState, Look> = {
  pending: { color: 'gray', icon: IconHourglass },
  running: { color: 'indigo', icon: IconPlayerPlay },
  completed: { color: 'green', icon: IconCheck },
  error: { color: 'red', icon: IconX },
  skipped: { color: 'gray', icon: IconPlayerSkipForward },
};
