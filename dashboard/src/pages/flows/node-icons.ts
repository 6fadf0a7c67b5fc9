import type { FlowNode } from '@node3/shared/flow-graph';
import {
  IconArrowsSplit2,
  IconBolt,
  IconClockPause,
  IconLogin2,
  IconLogout2,
  IconMessageChatbot,
  IconTransform,
  IconWorldWww,
  type TablerIcon,
} from '@tabler/icons-react';

export const nodeIcons: Record<FlowNode['type'], TablerIcon> = {
  input: IconLogin2,
  output: IconLogout2,
  transform: IconTransform,
  condition: IconArrowsSplit2,
  wait: IconClockPause,
  http: IconWorldWww,
  llm: IconMessageChatbot,
  job: IconBolt,
};
