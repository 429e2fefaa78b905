import type { ChatState } from '@parley/client';
import type { Invite, NewInvite } from '@parley/contract';
import { ref, shallowRef, watch } from 'vue';
import { useI18n } from 'vue-i18n';
import { copyToClipboard } from '../../platform/copy.ts';
import { errorKey } from '../../platform/error-text.ts';
import { useNotices } from '../../platform/notices.ts';
import { useParley } from '../../realtime/parley.ts';
import { canShare } from './can-share.ts';
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

  /** False where it could not be done; whoever thought better of it is not asked twice. */
  async function share(invite: Invite): Promise<boolean> {
    try {
      await navigator.share({ title: chat().title ?? '', url: inviteLink(invite) });
      return true;
    } catch (error) {
      return error instanceof DOMException && error.name === 'AbortError';
    }
  }

  /** To whom it is for; where that cannot be done at once, one copies it. Whether it was one of both. */
  async function give(invite: Invite): Promise<boolean> {
    if (canShare && (await share(invite))) return true;
    const isCopied = await copyToClipboard(inviteLink(invite));
    if (isCopied) notices.show(t('invites.copied'));
    return isCopied;
  }

  async function handOn(invite: Invite): Promise<void> {
    if (!(await give(invite))) notices.show(t('conversation.notCopied'));
  }

  /** Whether it was handed on, too; if not, it is in the list. */
  async function create(body: NewInvite): Promise<boolean> {
    const made = await client.http.call('invites.create', { params: params(), body });
    invites.value = [made, ...(invites.value ?? [])];
    return give(made);
  }

  async function revoke({ token }: Invite): Promise<void> {
    await client.http.call('invites.revoke', { params: { token } });
    invites.value = invites.value?.filter((invite) => invite.token !== token);
  }

  // Who comes or asks takes a place.
  watch(() => [chat().id, chat().memberCount, chat().joinRequestCount], load, { immediate: true });

  return { invites, problem, load, handOn, create, revoke };
}
