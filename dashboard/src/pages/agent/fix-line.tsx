import { Code, Group, Text } from '@mantine/core';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import type { Sentence } from '../../i18n/use-error-words.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { splitFix } from './split-fix.ts';
import './agent-pages.css';

/** What mends something: a command to be copied, or a sentence whose commands stand in quotes. */
export function FixLine({ fix }: { fix: Sentence }) {
  const { t } = useTranslation();
  const lang = fix.isForeign ? 'en' : undefined;
  if (fix.text.endsWith('.')) {
    return (
      <Text size="sm" className="break" lang={lang}>
        <WithCommands text={fix.text} />
      </Text>
    );
  }
  const { command, lead } = splitFix(fix.text);
  return (
    <>
      {lead !== null && (
        <Text size="sm" mb={4} className="break" lang={lang}>
          {lead}
        </Text>
      )}
      <Group gap="xs" wrap="nowrap">
        <pre className="command-text fix-text">{command}</pre>
        <CopyText value={command} label={t('problems.copy')} />
      </Group>
    </>
  );
}

/** What stands in quotes is code. */
function WithCommands({ text }: { text: string }) {
  return text
    .split(/["“”«»]/)
    .map((part, index) => (
      <Fragment key={`${index} ${part}`}>{index % 2 === 1 ? <Code>{part}</Code> : part}</Fragment>
    ));
}
