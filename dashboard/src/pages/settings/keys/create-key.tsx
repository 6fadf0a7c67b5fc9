import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  Stack,
  TextInput,
} from '@mantine/core';
import { systemClock } from '@node3/shared/clock';
import { createKey } from '@node3/shared/routes/keys';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { ErrorWords } from '../../../parts/error-words.tsx';
import { ScopeText } from '../../../parts/server-words.tsx';
import { keysKey } from '../../../queries/access.ts';
import type { OwnAccount } from '../../../viewer/viewer.ts';
import { KeyCapFields } from './key-cap-fields.tsx';
import { capNames, noCapDraft } from './key-caps.ts';
import {
  type DraftProblem,
  type KeyDraft,
  type Lifetime,
  lifetimes,
  problemsOf,
  toRequest,
} from './key-draft.ts';
import type { ShownKey } from './new-key.tsx';

interface CreateKeyProps {
  account: OwnAccount;
  onCreated: (shown: ShownKey) => void;
  onClose: () => void;
}

/** Makes a key that may do what its maker may, or less. */
export function CreateKey({ account, onCreated, onClose }: CreateKeyProps) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const given = account.access.scopes;
  const [draft, setDraft] = useState<KeyDraft>({
    name: '',
    scopes: leastOf(given),
    lifetime: 'never',
    caps: noCapDraft,
  });
  const [problems, setProblems] = useState<DraftProblem[]>([]);
  const create = useMutation({
    mutationFn: () => client.call(createKey, { body: toRequest(draft, systemClock.nowMs()) }),
    onSuccess({ apiKey }) {
      void queryClient.invalidateQueries({ queryKey: keysKey });
      onCreated({ apiKey, oldKeyExpiresAt: null });
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    const found = problemsOf(draft);
    setProblems(found);
    if (found.length === 0) create.mutate();
  }
  const change = (part: Partial<KeyDraft>) => setDraft((old) => ({ ...old, ...part }));
  const errorAt = (name: 'name' | 'scopes') =>
    problems.includes(name) ? t(`keys.wrong.${name}`) : null;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('keys.create')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <TextInput
            label={t('keys.name')}
            description={t('keys.nameText')}
            value={draft.name}
            onChange={(event) => change({ name: event.currentTarget.value })}
            error={errorAt('name')}
            maxLength={64}
            data-autofocus
          />
          <Scopes draft={draft} given={given} error={errorAt('scopes')} onChange={change} />
          <NativeSelect
            label={t('keys.ends')}
            data={lifetimes.map((days) => ({
              value: days,
              label:
                days === 'never' ? t('state.never') : t('keys.inDays', { count: Number(days) }),
            }))}
            value={draft.lifetime}
            onChange={(event) => change({ lifetime: event.currentTarget.value as Lifetime })}
          />
          <KeyCapFields
            caps={draft.caps}
            wrong={capNames.filter((name) => problems.includes(name))}
            onChange={(caps) => change({ caps })}
          />
          {create.error !== null && (
            <Alert color="red" variant="light" role="alert">
              <ErrorWords error={create.error} />
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('action.close')}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t('keys.create')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** What more it may do has to be chosen. */
function leastOf(given: OwnAccount['access']['scopes']) {
  const least = (['requester', 'provider', 'operator'] as const).find((scope) =>
    given.includes(scope),
  );
  return least === undefined ? [...given] : [least];
}

interface ScopesProps {
  draft: KeyDraft;
  given: OwnAccount['access']['scopes'];
  error: string | null;
  onChange: (part: Partial<KeyDraft>) => void;
}

const areas = ['requester', 'provider', 'operator'] as const;

/** Only what the maker has can be given on; reading alone always can. */
function Scopes({ draft, given, error, onChange }: ScopesProps) {
  const { t } = useTranslation();
  const isReader = given.includes('read-only');
  return (
    <Checkbox.Group
      label={t('keys.scopes')}
      error={error}
      value={[...draft.scopes]}
      onChange={(scopes) => onChange({ scopes })}
    >
      <Stack gap="xs" mt={6}>
        {areas
          .filter((area) => given.includes(area))
          .map((area) => (
            <Checkbox
              key={area}
              value={area}
              label={<ScopeText scope={area} />}
              description={t(`keys.scope.${area}`)}
            />
          ))}
        <Checkbox
          value="read-only"
          label={<ScopeText scope="read-only" />}
          description={t('keys.scope.read-only')}
          disabled={isReader}
        />
      </Stack>
    </Checkbox.Group>
  );
}
