-- Whom the text of a message names: participant ids, null for the many that name nobody.
alter table messages add column mentions jsonb;

-- The same by person, so that each can count those they have not read.
create table mentions (
  chat_id uuid not null,
  participant_id uuid not null,
  sequence bigint not null,
  primary key (chat_id, participant_id, sequence)
);
