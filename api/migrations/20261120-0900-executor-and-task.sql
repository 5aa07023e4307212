-- The engine's narrow rows: who runs, what runs, and the small tables through which the outside reaches a task.
-- State and result lists are those of schema/src/words.ts; a test keeps them equal.

create table executor (
  id uuid primary key,
  host text not null,
  boot_id text not null,
  pid integer not null,
  pid_started_at text not null,
  installation text not null,
  version text not null,
  region text,
  role text not null check (role in ('serve', 'work', 'both')),
  state text not null check (state in ('alive', 'draining', 'stopped', 'dead')),
  capacity integer not null,
  flush_no bigint not null default 0,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  stopped_at timestamptz
);
comment on column executor.pid_started_at is 'Start time of the process in clock ticks since boot: with boot_id and pid it names one process for good.';
comment on column executor.installation is 'Identity of the data directory or host installation; a start takes over dead executors of its own at once.';
create index executor_live_idx on executor (heartbeat_at) where state in ('alive', 'draining');

create table task (
  id uuid primary key,
  kind text not null check (kind in ('run', 'reported')),
  label text not null,
  title text not null,
  state text not null check (state in ('scheduled', 'pending', 'running', 'paused', 'stopped')),
  result text not null default 'pending' check (result in ('pending', 'success', 'warning', 'error', 'cancelled')),
  reason text check (reason in ('start-at', 'dependency', 'queued', 'approval', 'lock', 'capacity', 'waiting-subtask', 'waiting-callback', 'waiting-input', 'waiting-until', 'retrying', 'by-user', 'step-failed', 'retries-exhausted', 'deadlock', 'needs-review', 'input-invalid', 'rejected', 'missed-deadline', 'cancelled', 'halted', 'unlocked', 'dependency-failed', 'lock-conflict', 'report-lost')),
  executor_id uuid,
  epoch integer not null default 0,
  takeovers smallint not null default 0,
  retry_count integer not null default 0,
  last_seq integer not null default 0,
  progress real not null default 0,
  priority smallint not null default 0,
  region text,
  template_id uuid,
  owner_id uuid,
  owner_name text not null,
  resolvers text[] not null default '{}',
  resolver_groups text[] not null default '{}',
  watchers text[] not null default '{}',
  parent_id uuid,
  parent_step_no integer,
  idempotency_key text,
  tags jsonb not null default '{}',
  error_summary text,
  error_fingerprint text,
  start_at timestamptz,
  start_before timestamptz,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  state_updated_at timestamptz not null,
  check ((state = 'stopped') = (result <> 'pending')),
  check (state <> 'stopped' or executor_id is null)
) with (fillfactor = 85);
comment on column task.retry_count is 'Automatic retries since a person last touched the task; at the template''s retry_max it pauses as retries-exhausted.';
comment on column task.takeovers is 'Executors that died while they ran it, since a step last finished; at 3 it pauses as needs-review.';
create index task_state_idx on task (state, result, id);
create index task_label_idx on task (label, id);
create index task_owner_idx on task (owner_id, id);
create index task_executor_idx on task (executor_id) where executor_id is not null;
create index task_unowned_idx on task (id)
  where executor_id is null and kind = 'run' and (state = 'pending' and reason = 'queued' or state = 'running' and reason is null);
create index task_parent_idx on task (parent_id, id) where parent_id is not null;
create unique index task_idempotency_idx on task (owner_name, idempotency_key) where idempotency_key is not null;

create table task_dependency (
  task_id uuid not null,
  depends_on_id uuid not null,
  primary key (task_id, depends_on_id)
);
create index task_dependency_on_idx on task_dependency (depends_on_id);

create table signal (
  task_id uuid not null,
  id bigint generated always as identity,
  kind text not null,
  step_no integer,
  actor text not null,
  payload bytea,
  created_at timestamptz not null default now(),
  primary key (task_id, id)
);

create table timer (
  task_id uuid not null,
  step_no integer not null,
  kind text not null,
  due_at timestamptz not null,
  primary key (task_id, step_no, kind)
);
comment on column timer.step_no is '-1 for a timer of the task itself';
create index timer_due_idx on timer (due_at);

create table report (
  task_id uuid primary key,
  token_hash bytea not null,
  last_client_seq bigint not null default 0,
  timeout_seconds integer not null,
  reported_at timestamptz not null
);
