import { readonly, ref } from 'vue';

const now = ref(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 30_000);

/** The time for labels such as "yesterday"; moves every half a minute. */
export const useNow = () => readonly(now);
