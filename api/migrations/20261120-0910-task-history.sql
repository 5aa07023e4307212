-- What a task did, a row per step and per attempt, never a blob that is rewritten. All five tables are range-partitioned by
-- task_id: UUIDv7 begins with the time, so a partition is a month of creation, all rows of a task lie in one, and an
-- empty month is dropped whole. postgres/partitions.ts makes the months ahead; the default partition catches the rest.

create table step (
  task_id uuid not null,
  no integer not null,
  name text not null,
  parent_no integer,
  item_index integer,
  state text not null,
  try_count integer not null default 0,
  attempt_no integer not null default 0,
  executor_id uuid,
  process_group integer,
  process_started_at text,
  started_at timestamptz,
  ended_at timestamptz,
  due_at timestamptz,
  error_summary text,
  primary key (task_id, no)
) partition by range (task_id);
create table step_default partition of step default with (fillfactor = 80);

create table attempt (
  task_id uuid not null,
  step_no integer not null,
  no integer not null,
  try_no integer not null,
  state text not null,
  executor_id uuid,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  output bytea,
  error bytea,
  error_summary text,
  error_fingerprint text,
  primary key (task_id, step_no, no)
) partition by range (task_id);
create table attempt_default partition of attempt default;
comment on column attempt.no is 'New for every try and every claim: the primary key is what makes a second recorded outcome impossible.';

create table event (
  task_id uuid not null,
  seq integer not null,
  at timestamptz not null,
  kind text not null check (kind in ('task', 'step', 'command', 'comment', 'report')),
  name text not null,
  step_no integer,
  actor text,
  data jsonb,
  primary key (task_id, seq)
) partition by range (task_id);
create table event_default partition of event default;

create table payload (
  task_id uuid primary key,
  key_id text not null,
  wrapped_key bytea not null,
  definition bytea,
  input bytea,
  resolver_input bytea,
  result bytea
) partition by range (task_id);
create table payload_default partition of payload default;

create table output (
  task_id uuid not null,
  step_no integer not null,
  attempt_no integer not null,
  seq integer not null,
  stream text not null check (stream in ('stdout', 'stderr', 'log')),
  at timestamptz not null,
  data bytea not null,
  primary key (task_id, step_no, attempt_no, seq)
) partition by range (task_id);
create table output_default partition of output default;

-- Sealed values do not compress: trying costs a third of the insert of a large one.
alter table attempt alter column output set storage external, alter column error set storage external;
alter table attempt_default alter column output set storage external, alter column error set storage external;
alter table payload
  alter column definition set storage external,
  alter column input set storage external,
  alter column resolver_input set storage external,
  alter column result set storage external;
alter table payload_default
  alter column definition set storage external,
  alter column input set storage external,
  alter column resolver_input set storage external,
  alter column result set storage external;
alter table output alter column data set storage external;
alter table output_default alter column data set storage external;
