import type { ChatState } from '@parley/client';
import type { Invite, NewInvite } from '@parley/contract';
import { ref, shallowRef, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { copyToClipboard } from '../../platform/copy.ts';
import { errorKey } from '../../platform/error-text.ts';
import { useNotices } from '../../platform/notices.ts';
import { useParley } from '../../realtime/parley.ts';
import { inviteLink } from './invite-link.ts';

/** The links into a chat, as its admins see and change them. */
export function useInvites(chat: () => ChatState) {
  const { t } = useI18n();
  const { client } = useParley();
  const notices = useNotices();
  const invites = shallowRef<readonly Invite[]>();
  const problem = ref<string>();
  const params = () => ({ chatId: chat().id });

  async function load(): Promise<void> {
    problem.value = undefined;
    try {
      invites.value = (await client.http.call('invites.list', { params: params() })).items;
    } catch (error) {
      problem.value = t(errorKey(error));
    }
  }

  async function copy(invite: Invite): Promise<void> {
    const isCopied = await copyToClipboard(inviteLink(invite));
    notices.show(t(isCopied ? 'invites.copied' : 'conversation.notCopied'));
  }

  async function create(body: NewInvite): Promise<void> {
    const made = await client.http.call('invites.create', { params: params(), body });
    invites.value = [made, ...(invites.value ?? [])];
    // Where the page may not write to the clipboard, the link is in the list.
    if (await copyToClipboard(inviteLink(made))) notices.show(t('invites.copied'));
  }

  async function revoke({ token }: Invite): Promise<void> {
    await client.http.call('invites.revoke', { params: { token } });
    invites.value = invites.value?.filter((invite) => invite.token !== token);
  }

  // Who comes or asks takes a place.
  watch(() => [chat().id, chat().memberCount, chat().joinRequestCount], load, { immediate: true });

  return { invites, problem, load, copy, create, revoke };
}
