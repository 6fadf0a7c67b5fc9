import { Button, Group } from '@mantine/core';
import type { AgentState } from '@node3/shared/agent-state';
import type { Client } from '@node3/shared/client';
import {
  type AdminAgent,
  drainAgent,
  resumeAgent,
  setAgentEnabled,
  unregisterAgent,
} from '@node3/shared/routes/admin-agents';
import { challengeAgent } from '@node3/shared/routes/gpu-proofs';
import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Act, ActDialog } from '../shared/act-dialog.tsx';
import { type Operation, useOperate } from '../shared/use-operate.ts';

const kinds = ['enable', 'resume', 'drain', 'disable', 'challenge', 'unregister'] as const;
type Kind = (typeof kinds)[number];

/** In which states each makes sense; the marketplace decides all the same. */
const possible: Record<Kind, readonly AgentState[]> = {
  enable: ['disabled'],
  resume: ['draining', 'paused'],
  drain: ['active', 'paused'],
  disable: ['active', 'draining', 'paused'],
  challenge: ['active', 'draining', 'paused'],
  unregister: ['active', 'draining', 'paused', 'disabled'],
};

export function AgentActions({ agent }: { agent: AdminAgent }) {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [asked, setAsked] = useState<Kind | null>(null);
  const shown = kinds.filter((kind) => possible[kind].includes(agent.state));
  if (shown.length === 0) return null;
  return (
    <Group gap="sm">
      {shown.map((kind) => (
        <Button
          key={kind}
          variant="default"
          size="xs"
          disabled={isBusy}
          onClick={() => setAsked(kind)}
        >
          {t(`op.agent.${kind}`)}
        </Button>
      ))}
      <ActDialog
        act={asked === null ? null : actOf(t, asked, agent)}
        onClose={() => setAsked(null)}
        onConfirm={(reason) => asked !== null && operate(operationOf(t, asked, agent, reason))}
      />
    </Group>
  );
}

function actOf(t: TFunction, kind: Kind, { name }: AdminAgent): Act {
  const words = {
    title: t(`op.agent.${kind}.title`, { name }),
    text: t(`op.agent.${kind}.text`),
    confirm: t(`op.agent.${kind}`),
  };
  if (kind === 'unregister') return { ...words, color: 'red', reason: 'optional', typed: name };
  if (kind === 'disable') return { ...words, color: 'red', reason: 'optional' };
  return kind === 'drain' ? { ...words, reason: 'optional' } : words;
}

function operationOf(
  t: TFunction,
  kind: Kind,
  { agentId, name }: AdminAgent,
  reason: string | null,
): Operation {
  const params = { agentId };
  const calls: Record<Kind, (client: Client) => Promise<unknown>> = {
    enable: (client) => client.call(setAgentEnabled, { params, body: { enabled: true } }),
    resume: (client) => client.call(resumeAgent, { params }),
    drain: (client) => client.call(drainAgent, { params, body: { reason } }),
    disable: (client) => client.call(setAgentEnabled, { params, body: { enabled: false, reason } }),
    challenge: (client) => client.call(challengeAgent, { params }),
    unregister: (client) => client.call(unregisterAgent, { params, body: { reason } }),
  };
  return async (client) => {
    const reply = await calls[kind](client);
    const isNoneIdle = kind === 'challenge' && (reply as { devices: number }).devices === 0;
    return isNoneIdle ? t('op.agent.challenge.none') : t(`op.agent.${kind}.done`, { name });
  };
}
