import { readonly, shallowRef } from 'vue';

/** As far as browsers tell it: https://wicg.github.io/manifest-incubations/#beforeinstallpromptevent-interface */
interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

/** There when the browser would put the app beside the others of the device, and it is not there yet. */
const offered = shallowRef<InstallPrompt>();

export const useInstallPrompt = () => readonly(offered);

/** Asked in its place in the app, and not over what one is doing. */
export function keepInstallPrompt(): void {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offered.value = event as InstallPrompt;
  });
  addEventListener('appinstalled', () => {
    offered.value = undefined;
  });
}

/** A prompt is good for one answer; the browser brings another when it may be asked again. */
export async function askToInstall(): Promise<void> {
  const prompt = offered.value;
  offered.value = undefined;
  await prompt?.prompt();
}
