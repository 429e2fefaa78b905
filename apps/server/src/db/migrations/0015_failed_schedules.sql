-- Why a scheduled message was not sent at its time: it is kept for its sender, and is not due any more.
alter table scheduled_messages add column failed_code text;
drop index scheduled_messages_due;
create index scheduled_messages_due on scheduled_messages (scheduled_at) where failed_code is null;
