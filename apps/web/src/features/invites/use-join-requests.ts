import type { ChatState } from '@parley/client';
import type { JoinRequest } from '@parley/contract';
import { ref, shallowRef, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { errorKey } from '../../platform/error-text.ts';
import { useLastAnswer } from '../../platform/last-answer.ts';
import { useParley } from '../../realtime/parley.ts';

/** Who waits to be let in; read again whenever their number changes. */
export function useJoinRequests(chat: () => Pick<ChatState, 'id' | 'joinRequestCount'>) {
  const { t } = useI18n();
  const { client } = useParley();
  const requests = shallowRef<readonly JoinRequest[]>([]);
  const ask = useLastAnswer();
  const problem = ref<string>();

  async function attempt(what: () => Promise<void>): Promise<void> {
    problem.value = undefined;
    try {
      await what();
    } catch (error) {
      problem.value = t(errorKey(error));
    }
  }

  const load = (): Promise<void> =>
    attempt(() =>
      ask(
        () => client.http.call('requests.list', { params: { chatId: chat().id } }),
        ({ items }) => {
          requests.value = items;
        },
      ),
    );

  const settle = (how: 'approve' | 'refuse', userId: string): Promise<void> =>
    attempt(async () => {
      await client.http.call(`requests.${how}`, { params: { chatId: chat().id, userId } });
      requests.value = requests.value.filter(({ user }) => user.id !== userId);
    });

  watch(
    () => [chat().id, chat().joinRequestCount] as const,
    ([, count]) => {
      if (count === undefined) requests.value = [];
      else void load();
    },
    { immediate: true },
  );

  return { requests, problem, settle };
}
