import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import type { Alternative, Explanation } from '@node3/shared/routes/explain';
import { IconUserOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';
import { ConstraintText, isConstraintWord } from '../../../parts/server-words.tsx';
import { exactSize } from '../draft/exact-size.ts';
import { specToDraft } from '../draft/spec-to-draft.ts';
import { withAlternative } from '../draft/with-alternative.ts';
import { useJobForm } from './job-form-context.ts';

/** What excludes most stands first; more says less. */
const constraintsShown = 4;

/** Why no agent can run the draft, and single changes that would let some. */
export function MatchPanel({ explanation }: { explanation: Explanation }) {
  const { t } = useTranslation();
  const { constraints, alternatives, agents, counted } = explanation;
  const excluding = constraints.filter(({ fails }) => fails > 0).slice(0, constraintsShown);
  return (
    <Alert
      mt="md"
      color="red"
      variant="light"
      title={t('match.title')}
      icon={<IconUserOff aria-hidden />}
    >
      <Stack gap="xs">
        <Text size="sm">{t(`match.counted.${counted}`, { count: agents })}</Text>
        {excluding.length > 0 && (
          <ul className="plain-list">
            {excluding.map(({ constraint, pointer, passes, fails }) => (
              <li key={constraint}>
                <Text size="sm">
                  <ConstraintText constraint={constraint} pointer={pointer} />{' '}
                  {t('match.passes', { passes, agents: passes + fails })}
                </Text>
              </li>
            ))}
          </ul>
        )}
        {alternatives.length > 0 && (
          <>
            <Text size="sm" fw={600}>
              {t('match.relax')}
            </Text>
            <Group gap={6}>
              {alternatives.map((alternative) => (
                <RelaxButton key={alternative.constraint} alternative={alternative} />
              ))}
            </Group>
          </>
        )}
      </Stack>
    </Alert>
  );
}

function RelaxButton({ alternative }: { alternative: Alternative }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { spec, draft, change } = useJobForm();
  const { constraint, pointer, value, agents } = alternative;
  const name = isConstraintWord(constraint)
    ? t(`constraint.${constraint}`)
    : pointer.slice(1).replaceAll('/', '.');
  const isBytes = pointer.includes('Bytes') && typeof value === 'number';
  const wanted = isBytes ? exactSize(value) : String(value);
  function relax() {
    // Secrets are as they were typed: of those that are kept there is no value in the spec.
    const { secrets: _secrets, ...changed } = specToDraft(withAlternative(spec, alternative));
    change({ ...changed, secrets: draft.secrets });
  }
  return (
    <Button
      size="compact-sm"
      variant="default"
      h="auto"
      className="work-relax"
      onClick={relax}
      aria-label={t('match.relaxLabel', {
        change: value === null ? t('match.without', { name }) : `${name} = ${wanted}`,
        agents: format.number(agents),
      })}
    >
      {value === null ? t('match.without', { name }) : `${name} = ${wanted}`}
      {` · ${t('match.more', { count: agents })}`}
    </Button>
  );
}
