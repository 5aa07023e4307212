-- What a step waits for from outside: the call of another system (callback) or the answer of a person (input). The row is the
-- truth: the answer and the signal that wakes the step are written in one transaction, so an answer is never lost, whatever the
-- task is doing at that moment.

create table question (
  id uuid primary key,
  task_id uuid not null,
  step_no integer not null,
  kind text not null check (kind in ('callback', 'input')),
  token_hash bytea,
  form bytea not null,
  answerers text[] not null default '{}',
  answerer_groups text[] not null default '{}',
  waiting_steps integer[] not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  answer bytea,
  answered_at timestamptz,
  answered_by text,
  closed_at timestamptz,
  check ((kind = 'callback') = (token_hash is not null)),
  check ((answer is null) = (answered_at is null)),
  check (answered_at is null or closed_at is null)
);
comment on column question.step_no is 'The step that asks.';
comment on column question.waiting_steps is 'Steps that look again when the answer is there.';
comment on column question.form is 'Sealed: title, description, JSON Schema.';
comment on column question.closed_at is 'Nobody waits for an answer any more.';
create unique index question_open_idx on question (task_id, step_no) where answered_at is null and closed_at is null;
create index question_task_idx on question (task_id, step_no, created_at);

-- Values that templates keep for later tasks. The key is kept as its hash, the value sealed.
create table cache_item (
  scope text not null,
  key_hash bytea not null,
  key_id text not null,
  wrapped_key bytea not null,
  value bytea not null,
  expires_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (scope, key_hash)
);
comment on column cache_item.scope is 'The label of the tasks that share it; empty for all.';
create index cache_item_expiry_idx on cache_item (expires_at) where expires_at is not null;

-- With the id: the oldest living child is found without counting the others.
drop index task_live_child_idx;
create index task_live_child_idx on task (parent_id, parent_step_no, id) where parent_id is not null and state <> 'stopped';
