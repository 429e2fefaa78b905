import type { UserSettings } from '@parley/contract';
import { computed, shallowRef } from 'vue';
import { type Looks, looksOf } from '../../platform/looks.ts';
import { showLooks } from '../../platform/preferences.ts';
import { useParley } from '../../realtime/parley.ts';
import { useSettings } from '../../realtime/views.ts';
import { useSaving } from './use-saving.ts';

type AppSettings = UserSettings['app'];

/** What was chosen and is not saved yet. The server takes `app` as a whole, so the next is sent when the last has come back. */
const chosen = shallowRef<AppSettings>({});
let saving: Promise<void> = Promise.resolve();

/** What the app keeps among the settings of a person, and so on all of their devices. Shows at once. */
export function useAppSettings() {
  const { client, state } = useParley();
  const settings = useSettings();
  const { choose } = useSaving();

  const app = computed<AppSettings>(() => ({ ...settings.value?.app, ...chosen.value }));
  const looks = computed(() => looksOf(app.value));

  async function change(next: AppSettings): Promise<void> {
    chosen.value = { ...chosen.value, ...next };
    showLooks(looks.value);
    const turn = saving.then(() =>
      choose(() => client.updateSettings({ app: { ...state.settings?.app, ...chosen.value } })),
    );
    saving = turn;
    await turn;
    if (saving !== turn) return;
    chosen.value = {};
    showLooks(looks.value);
  }

  const look = <K extends keyof Looks>(key: K) =>
    computed<Looks[K]>({ get: () => looks.value[key], set: (value) => void change({ [key]: value }) });

  const flag = (key: string, fallback: boolean) =>
    computed<boolean>({
      get: () => {
        const value = app.value[key];
        return typeof value === 'boolean' ? value : fallback;
      },
      set: (value) => void change({ [key]: value }),
    });

  return { look, flag };
}
