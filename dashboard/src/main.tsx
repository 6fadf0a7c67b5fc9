import '@mantine/core/styles.css';
import './app.css';
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { takeTokenFromAddress } from './agent-session.ts';
import { chooseLanguage, readSavedLanguage, startI18n } from './i18n/i18n.ts';
import { Root } from './root.tsx';
import { Session, takeKeyFromAddress } from './session.ts';

const sessions = {
  marketplace: new Session(sessionStorage, localStorage),
  agent: new Session(localStorage),
};
addEventListener('storage', ({ key }) => sessions.marketplace.changedElsewhere(key));
takeKeyFromAddress(sessions.marketplace, location, history);
void start();

/** No wait of the module itself: what it fetches here may import from it, and would wait for it in turn. */
async function start(): Promise<void> {
  await takeTokenFromAddress(sessions.agent, location, history, fetch);
  const language = chooseLanguage(location.search, readSavedLanguage(), navigator.languages);
  const container = document.querySelector('#root');
  if (container === null) throw new Error('index.html has no #root');
  const i18n = await startI18n(language);
  createRoot(container).render(
    <I18nextProvider i18n={i18n}>
      <Root sessions={sessions} />
    </I18nextProvider>,
  );
}
