-- What a rotation of keys needs: a number by which the questions of a task are walked, and the one name that the data key of a
-- cached value is bound to.
alter table question add column no bigint generated always as identity;
alter table cache_item add column name text not null
  generated always as ('cache|' || scope || '|' || encode(key_hash, 'hex')) stored;
create index cache_item_name_idx on cache_item (name);

-- What waits for a person, oldest first: approvals and paused tasks, a few among many.
create index task_attention_idx on task (state_updated_at, id)
  where state = 'paused' or (state = 'pending' and reason = 'approval');
