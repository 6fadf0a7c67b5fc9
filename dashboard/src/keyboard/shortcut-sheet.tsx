import { Kbd, Modal, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../preferences/use-preferences.ts';
import { modKey } from './key-names.ts';
import { useActiveShortcuts } from './keyboard.tsx';
import { shortcutGroups, shortcuts } from './keyboard-map.ts';
import './keyboard.css';

/** Lists the shortcuts that work on this page, by what they are for. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const { singleKeys } = usePreferences();
  const active = useActiveShortcuts();
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('key.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {!singleKeys && (
        <Text size="sm" mb="md">
          {t('key.singleOff')}
        </Text>
      )}
      <div className="shortcut-groups">
        {shortcutGroups.map((group) => {
          const ids = active.filter((id) => shortcuts[id].group === group);
          if (ids.length === 0) return null;
          return (
            <section key={group} aria-label={t(`key.group.${group}`)}>
              <Title order={3}>{t(`key.group.${group}`)}</Title>
              <dl className="shortcut-list">
                {ids.map((id) => (
                  <div key={id}>
                    <dt>{t(`key.${id}`)}</dt>
                    <dd>
                      <Keys keys={shortcuts[id].keys} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </Modal>
  );
}

function Keys({ keys }: { keys: string }) {
  const { t } = useTranslation();
  return keys.split(' ').map((press, index) => (
    <span key={press}>
      {index > 0 && <span className="shortcut-then"> {t('key.then')} </span>}
      <Kbd>{press.replace('mod+', `${modKey} `)}</Kbd>
    </span>
  ));
}
