import { useTranslation } from 'react-i18next';

/** The examples that come with every marketplace: their words are the app's, in the reader's language. */
const builtIn: Partial<Record<string, 'hello' | 'machine' | 'pi'>> = {
  tpl_00000000000000000000000001: 'hello',
  tpl_00000000000000000000000002: 'machine',
  tpl_00000000000000000000000003: 'pi',
};

interface Words {
  name: string;
  description: string | null;
}

/** What a template is called and does. Words of people stay as they wrote them. */
export function useTemplateWords(template: Words & { templateId: string }): Words {
  const { t } = useTranslation();
  const { templateId, name, description } = template;
  const example = builtIn[templateId];
  if (example === undefined) return { name, description };
  return {
    name: t(`templates.example.${example}`),
    description: t(`templates.example.${example}.text`),
  };
}
