import type { FiringOutcome, ScheduleState } from '@node3/shared/routes/schedules';
import {
  IconCheck,
  IconClockX,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconX,
} from '@tabler/icons-react';
import type { Look } from '../../parts/state-look.ts';

export const scheduleLooks: Record<ScheduleState, Look> = {
  active: { color: 'indigo', icon: IconPlayerPlay },
  paused: { color: 'orange', icon: IconPlayerPause },
  ended: { color: 'gray', icon: IconCheck },
};

export const firingLooks: Record<FiringOutcome, Look> = {
  posted: { color: 'green', icon: IconCheck },
  skipped: { color: 'gray', icon: IconPlayerSkipForward },
  missed: { color: 'orange', icon: IconClockX },
  refused: { color: 'red', icon: IconX },
};
