-- How far a receipt was told at most: whether somebody has read the newest message, without looking at all who might have.
alter table topic_heads add column told_sequence bigint not null default 0;

update topic_heads h set told_sequence = told.sequence
from (
  select h.owner_id, max(r.sequence) as sequence
  from topic_heads h
  join chats c on c.id = h.owner_id and c.type <> 'channel'
  join messages last on last.chat_id = h.owner_id and last.sequence = h.last_sequence
  join chat_members author on author.chat_id = last.chat_id and author.participant_id = last.sender_id
  join read_cursors r on r.chat_id = h.owner_id and r.user_id <> author.user_id and r.read_at is not null
  join users u on u.id = r.user_id and coalesce((u.settings ->> 'readReceipts')::boolean, true)
  where h.kind = 'chat'
  group by h.owner_id
) told
where h.owner_id = told.owner_id and h.kind = 'chat';
