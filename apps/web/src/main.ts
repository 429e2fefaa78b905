import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { useSession } from './features/auth/session.ts';
import { i18n } from './i18n/index.ts';
import { keepInstallPrompt } from './platform/install-prompt.ts';
import { install } from './platform/installed.ts';
import { watchKeyboard } from './platform/keyboard-room.ts';
import { keepFocusSomewhere } from './platform/never-lost.ts';
import { useNotices } from './platform/notices.ts';
import { applyRemembered } from './platform/preferences.ts';
import { createParley, parleyKey } from './realtime/parley.ts';
import { createRoutes } from './routes.ts';
import './styles/tokens.css';
import './styles/looks.css';
import './styles/base.css';
import './styles/forced-colors.css';

// It comes once, and early.
keepInstallPrompt();
const pinia = createPinia();
const app = createApp(App);

/** What nobody handled: kept for whoever looks into the console, and said once to the person. */
function onError(error: unknown): void {
  reportError(error);
  useNotices(pinia).show(i18n.global.t('app.unexpected'));
}

const parley = createParley({ onSignedOut: () => useSession(pinia).ended(), onError });
app.config.errorHandler = onError;
const routes = createRoutes(pinia);
app.provide(parleyKey, parley).use(pinia).use(i18n).use(routes);
// Without the words of a language the page opens in English.
await applyRemembered().catch(reportError);
app.mount('#app');
watchKeyboard();
keepFocusSomewhere();
// Without it (a private window, plain HTTP) the app works all the same, but only with a network.
install((url) => void routes.push(url)).catch(reportError);
