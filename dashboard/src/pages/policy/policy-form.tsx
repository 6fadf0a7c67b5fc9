import { Stack } from '@mantine/core';
import { isMarketError, MarketError } from '@node3/shared/error';
import { type PolicyKey, policyKeys } from '@node3/shared/provider-policy';
import {
  changeLocalPolicy,
  type DeviceEconomics,
  type LocalPolicy,
} from '@node3/shared/routes/agent-local';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { ErrorView } from '../../parts/error-view.tsx';
import { useNotice } from '../../parts/use-notice.tsx';
import { localPolicyQuery } from '../../queries/provider.ts';
import { AskFields } from './ask-fields.tsx';
import { ConflictAlert } from './conflict-alert.tsx';
import { DecidedFields } from './decided-fields.tsx';
import { JobFields } from './job-fields.tsx';
import { LimitFields } from './limit-fields.tsx';
import {
  changedKeys,
  changeOf,
  type PolicyDraft,
  toDraft,
  withFields,
  wrongKeys,
} from './policy-draft.ts';
import { SaveBar } from './save-bar.tsx';
import { WhenFields } from './when-fields.tsx';

interface PolicyFormProps {
  /** As it stands now: others may change it while it is open here. */
  policy: LocalPolicy;
  devices: readonly DeviceEconomics[];
}

interface PolicySave {
  body: { set?: object; unset?: PolicyKey[] };
  /** The form at that moment: what is typed meanwhile stays. */
  sent: PolicyDraft;
}

export function PolicyForm({ policy, devices }: PolicyFormProps) {
  const { t } = useTranslation();
  const app = useApp();
  const notify = useNotice();
  const queryClient = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [classes] = useState(() => [...new Set(devices.flatMap(({ modelId }) => modelId ?? []))]);
  const [base, setBase] = useState(policy);
  const [draft, setDraft] = useState(() => toDraft(policy.policy, classes));
  const [submitted, setSubmitted] = useState(false);
  const baseDraft = toDraft(base.policy, classes);
  const changed = changedKeys(draft, baseDraft);
  const wrong = wrongKeys(draft, changed);

  const latest = toDraft(policy.policy, classes);
  const theirs = policy.version === base.version ? [] : changedKeys(latest, baseDraft);
  const both = changedKeys(draft, latest).filter(
    (key) => theirs.includes(key) && changed.includes(key),
  );
  /** Goes on from what stands there now, with these fields as they are there. */
  function goOnWith(taken: readonly PolicyKey[]) {
    setBase(policy);
    setDraft(withFields(draft, latest, taken));
  }
  if (policy.version !== base.version && both.length === 0) goOnWith(theirs);

  const save = useMutation({
    mutationFn: ({ body }: PolicySave) =>
      app.client.call(changeLocalPolicy, { body }, { ifMatch: base.version }),
    async onSuccess(saved, { sent }) {
      const { queryKey } = localPolicyQuery(app);
      // An answer that is on its way may be older than this one.
      await queryClient.cancelQueries({ queryKey });
      queryClient.setQueryData(queryKey, saved);
      setBase(saved);
      setDraft((now) => {
        const edited = changedKeys(now, sent);
        const taken = policyKeys.filter((key) => !edited.includes(key));
        return withFields(now, toDraft(saved.policy, classes), taken);
      });
      setSubmitted(false);
      notify({ kind: 'done', message: t('policy.saved') });
    },
    async onError(error) {
      if (!isMarketError(error, 'RESOURCE_CHANGED')) return;
      notify({ kind: 'failed', message: t('policy.changedElsewhere') });
      await queryClient.invalidateQueries(localPolicyQuery(app));
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setSubmitted(true);
    if (wrong.length === 0 && both.length === 0) {
      save.mutate({ body: { set: changeOf(draft, changed) }, sent: draft });
      return;
    }
    // The fields that are wrong are marked with the next picture of the form.
    requestAnimationFrame(() => focusFirstProblem(form.current));
  }
  const shown = new Set([...(submitted ? wrong : []), ...serverKeys(save.error)]);
  const errors = new Map([...shown].map((key) => [key, t(`policy.${key}.fix`)]));
  const fields = {
    draft,
    errors,
    onChange(part: Partial<typeof draft>) {
      setDraft((before) => ({ ...before, ...part }));
      if (save.error !== null) save.reset();
    },
  };
  const unexplained = save.error !== null && !isMarketError(save.error, 'RESOURCE_CHANGED');
  return (
    <form ref={form} onSubmit={submit} noValidate aria-label={t('policy.title')}>
      <Stack gap="lg">
        {both.length > 0 && (
          <ConflictAlert
            keys={both}
            onTake={() => goOnWith(theirs)}
            onKeep={() => goOnWith(theirs.filter((key) => !both.includes(key)))}
          />
        )}
        {unexplained && errors.size === 0 && <ErrorView error={save.error} />}
        <WhenFields {...fields} />
        <LimitFields {...fields} />
        <AskFields devices={devices} {...fields} />
        <JobFields {...fields} />
        <DecidedFields
          policy={base}
          disabled={changed.length > 0 || save.isPending}
          onUnset={(key) => save.mutate({ body: { unset: [key] }, sent: draft })}
        />
        <CommandLines
          lines={[
            { label: 'CLI', text: 'node3 agent policy show' },
            { label: 'curl', text: `curl ${location.origin}/api/v1/local/policy` },
          ]}
        />
        <SaveBar
          changed={changed.length}
          wrong={submitted ? wrong.length : 0}
          pending={save.isPending}
          onDiscard={() => {
            setDraft(baseDraft);
            setSubmitted(false);
            save.reset();
          }}
        />
      </Stack>
    </form>
  );
}

/** The fields that the agent found wrong. */
function serverKeys(error: Error | null): PolicyKey[] {
  if (!(error instanceof MarketError)) return [];
  const names = (error.context.errors ?? []).map(({ pointer }) => pointer.split('/')[2]);
  return policyKeys.filter((key) => names.includes(key));
}

function focusFirstProblem(form: HTMLFormElement | null): void {
  const found = form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-policy-error]');
  const field = found?.closest('fieldset')?.querySelector<HTMLElement>('input') ?? found;
  field?.scrollIntoView({ block: 'center' });
  field?.focus();
}
