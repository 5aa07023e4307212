-- Which keys of the ring there are, which of them wraps, and which of them each process has: a key may wrap only when all have
-- it, and may go only when nothing needs it.
create table ring_key (
  id text primary key,
  created_at timestamptz not null default now(),
  is_current boolean not null default false
);
create unique index ring_key_current_idx on ring_key (is_current) where is_current;
insert into ring_key (id) select distinct key_id from payload;

alter table executor add column key_ids text[] not null default '{}';
comment on column executor.key_ids is 'Keys of the ring that this process has; the first is the one that it wraps with.';

alter table payload add column born_key_id text;
comment on column payload.born_key_id is 'The ring key under which the data key was made, when it was re-wrapped since; re-encryption gives the task another data key.';
