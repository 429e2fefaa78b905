import { computed, nextTick, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { type Field, hasProblems, type Problems, problemsOf } from './problems.ts';

/** Sends a form once at a time and keeps what is wrong with it. `fields`: at which field an error code belongs here. */
export function useForm(
  check: () => Problems,
  send: () => Promise<void>,
  fields: Readonly<Record<string, Field>> = {},
) {
  const { t } = useI18n();
  const isBusy = ref(false);
  const problems = ref<Problems>({ fields: {} });

  const errors = computed(() => {
    const texts = Object.entries(problems.value.fields).map(([field, key]) => [field, t(key)] as const);
    return Object.fromEntries(texts) as Problems['fields'];
  });
  const problem = computed(() => (problems.value.form === undefined ? undefined : t(problems.value.form)));

  async function showProblems(found: Problems): Promise<void> {
    problems.value = found;
    await nextTick();
    document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  async function submit(): Promise<void> {
    if (isBusy.value) return;
    const found = check();
    if (hasProblems(found)) return showProblems(found);
    isBusy.value = true;
    problems.value = { fields: {} };
    try {
      await send();
    } catch (error) {
      isBusy.value = false;
      await showProblems(problemsOf(error, fields));
    }
    isBusy.value = false;
  }

  return { isBusy, errors, problem, submit };
}
