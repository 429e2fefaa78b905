-- One index instead of two: an entry is found by its message's place in the chat. Neighbours in a chat are neighbours in the index.
alter table search_entries drop constraint search_entries_chat_id_message_id_key;
drop index search_entries_by_chat;
alter table search_entries add unique (chat_id, sequence);
