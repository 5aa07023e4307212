-- The database after the last migration. Printed by `npm run db`; why it came to be so: api/migrations.

create table api_token (
  id uuid not null,
  user_id uuid not null,
  name text not null,
  token_hash bytea not null,
  permissions text[] not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint api_token_pkey PRIMARY KEY (id),
  constraint api_token_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX api_token_hash_idx ON public.api_token USING btree (token_hash);
CREATE INDEX api_token_user_idx ON public.api_token USING btree (user_id, id);

create table attempt (
  task_id uuid not null,
  step_no integer not null,
  no integer not null,
  try_no integer not null,
  state text not null,
  executor_id uuid,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone not null,
  output bytea,
  error bytea,
  error_summary text,
  error_fingerprint text,
  constraint attempt_pkey PRIMARY KEY (task_id, step_no, no)
) partition by RANGE (task_id);
comment on column attempt.no is 'New for every try and every claim: the primary key is what makes a second recorded outcome impossible.';

create table attempt_default partition of attempt DEFAULT;

create table audit (
  id uuid not null,
  at timestamp with time zone not null default now(),
  actor_id uuid,
  actor_name text not null,
  action text not null,
  subject_type text,
  subject_id text,
  reason text,
  address text,
  details jsonb not null default '{}'::jsonb,
  constraint audit_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_actor_idx ON public.audit USING btree (actor_name, id);
CREATE INDEX audit_subject_idx ON public.audit USING btree (subject_type, subject_id, id);
CREATE TRIGGER audit_append_only BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_never_truncated BEFORE TRUNCATE ON public.audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

create table cache_item (
  scope text not null,
  key_hash bytea not null,
  key_id text not null,
  wrapped_key bytea not null,
  value bytea not null,
  expires_at timestamp with time zone,
  updated_at timestamp with time zone not null default now(),
  name text not null generated always as (((('cache|'::text || scope) || '|'::text) || encode(key_hash, 'hex'::text))) stored,
  constraint cache_item_pkey PRIMARY KEY (scope, key_hash)
);
CREATE INDEX cache_item_expiry_idx ON public.cache_item USING btree (expires_at) WHERE (expires_at IS NOT NULL);
CREATE INDEX cache_item_name_idx ON public.cache_item USING btree (name);
comment on column cache_item.scope is 'The label of the tasks that share it; empty for all.';

create table channel (
  name text not null,
  kind text not null,
  enabled boolean not null,
  strategy text not null,
  target text not null,
  configuration bytea not null,
  key_id text not null,
  wrapped_key bytea not null,
  updated_at timestamp with time zone not null,
  updated_by text not null,
  constraint channel_pkey PRIMARY KEY (name),
  constraint channel_kind_check CHECK ((kind = ANY (ARRAY['webhook'::text, 'slack'::text, 'email'::text]))),
  constraint channel_strategy_check CHECK ((strategy = ANY (ARRAY['always'::text, 'failure_only'::text, 'failure_or_done'::text, 'silent'::text])))
);
comment on column channel.target is 'Where it leads, without anything secret.';

create table deleted_task (
  id uuid not null,
  deleted_at timestamp with time zone not null default now(),
  record_id uuid,
  owner_id uuid,
  resolvers text[] not null,
  resolver_groups text[] not null,
  watchers text[] not null,
  watcher_groups text[] not null,
  constraint deleted_task_pkey PRIMARY KEY (id)
);
CREATE INDEX deleted_task_at_idx ON public.deleted_task USING btree (deleted_at);
comment on column deleted_task.record_id is 'The entry of the audit record that says by whom and why.';

create table event (
  task_id uuid not null,
  seq integer not null,
  at timestamp with time zone not null,
  kind text not null,
  name text not null,
  step_no integer,
  actor text,
  data jsonb,
  constraint event_pkey PRIMARY KEY (task_id, seq),
  constraint event_kind_check CHECK ((kind = ANY (ARRAY['task'::text, 'step'::text, 'command'::text, 'comment'::text, 'report'::text])))
) partition by RANGE (task_id);

create table event_default partition of event DEFAULT;

create table executor (
  id uuid not null,
  host text not null,
  boot_id text not null,
  pid integer not null,
  pid_started_at text not null,
  installation text not null,
  version text not null,
  region text,
  role text not null,
  state text not null,
  capacity integer not null,
  flush_no bigint not null default 0,
  started_at timestamp with time zone not null default now(),
  heartbeat_at timestamp with time zone not null default now(),
  stopped_at timestamp with time zone,
  key_ids text[] not null default '{}'::text[],
  hints integer not null default 0,
  running integer not null default 0,
  takeovers integer not null default 0,
  found_by_net integer not null default 0,
  flushes_per_second real,
  is_leader boolean not null default false,
  counts_repaired integer not null default 0,
  constraint executor_pkey PRIMARY KEY (id),
  constraint executor_role_check CHECK ((role = ANY (ARRAY['serve'::text, 'work'::text, 'both'::text]))),
  constraint executor_state_check CHECK ((state = ANY (ARRAY['alive'::text, 'draining'::text, 'stopped'::text, 'dead'::text])))
);
CREATE INDEX executor_live_idx ON public.executor USING btree (heartbeat_at) WHERE (state = ANY (ARRAY['alive'::text, 'draining'::text]));
CREATE INDEX executor_region_idx ON public.executor USING btree (region) WHERE (region IS NOT NULL);
comment on column executor.pid_started_at is 'Start time of the process in clock ticks since boot: with boot_id and pid it names one process for good.';
comment on column executor.installation is 'Identity of the data directory or host installation; a start takes over dead executors of its own at once.';
comment on column executor.flush_no is 'Counts the flushes of executors from before the table flush, which may still run beside newer ones; nobody else reads it.';
comment on column executor.key_ids is 'Keys of the ring that this process has; the first is the one that it wraps with.';
comment on column executor.hints is 'Hints it took from the queue since it started.';
comment on column executor.running is 'Actions that run in it now.';
comment on column executor.takeovers is 'Silent executors whose tasks it took over, as the leader.';
comment on column executor.found_by_net is 'Tasks without a hint that it found as the leader; 0 unless connections were cut.';
comment on column executor.counts_repaired is 'By how many tasks it found the counts wrong, as the leader; 0 unless something wrote past the engine.';

create table flush (
  executor_id uuid not null,
  no bigint not null,
  constraint flush_pkey PRIMARY KEY (executor_id, no)
);

create table hold (
  id bigint not null generated always as identity,
  task_id uuid not null,
  step_no integer not null,
  resource_type text not null,
  resource_id text not null,
  mode int8range,
  operation int8range,
  operation_name text not null default ''::text,
  owner_name text not null,
  taken_at timestamp with time zone not null default clock_timestamp(),
  until timestamp with time zone,
  constraint hold_pkey PRIMARY KEY (id),
  constraint hold_exclusive EXCLUDE USING gist (resource_type WITH =, resource_id WITH =, mode WITH &&, operation WITH &&) WHERE ((mode IS NOT NULL))
);
CREATE INDEX hold_resource_idx ON public.hold USING btree (resource_type, resource_id);
CREATE INDEX hold_task_idx ON public.hold USING btree (task_id, step_no);
CREATE INDEX hold_until_idx ON public.hold USING btree (until) WHERE (until IS NOT NULL);
comment on column hold.mode is 'exclusive: everything · shared: a point of its own · null: a slot of a limit';
comment on column hold.operation is 'everything, or one point from the hash of a named operation';
comment on column hold.until is 'for a start counted by a rate: when it leaves the window, whatever became of the task';

create table link (
  task_id uuid not null,
  resource_type text not null,
  resource_id text not null,
  operation text not null default ''::text,
  mode text,
  on_conflict text,
  wait_ms bigint,
  capacity integer,
  per_ms bigint,
  constraint link_pkey PRIMARY KEY (task_id, resource_type, resource_id, operation),
  constraint link_check CHECK (((mode = 'limit'::text) = (capacity IS NOT NULL))),
  constraint link_mode_check CHECK ((mode = ANY (ARRAY['exclusive'::text, 'shared'::text, 'limit'::text]))),
  constraint link_on_conflict_check CHECK ((on_conflict = ANY (ARRAY['fail'::text, 'wait'::text, 'coalesce'::text])))
);
CREATE INDEX link_resource_idx ON public.link USING btree (resource_type, resource_id, task_id);
comment on column link.mode is 'null: the task only refers to the resource';

create table maintenance (
  is_only boolean not null default true,
  message text,
  since timestamp with time zone not null,
  by_name text not null,
  ends_at timestamp with time zone,
  constraint maintenance_pkey PRIMARY KEY (is_only),
  constraint maintenance_is_only_check CHECK (is_only)
);
comment on column maintenance.ends_at is 'What was announced; it ends when somebody ends it.';

create table migration (
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (name)
);

create table output (
  task_id uuid not null,
  step_no integer not null,
  attempt_no integer not null,
  seq integer not null,
  stream text not null,
  at timestamp with time zone not null,
  data bytea not null,
  constraint output_pkey PRIMARY KEY (task_id, step_no, attempt_no, seq),
  constraint output_stream_check CHECK ((stream = ANY (ARRAY['stdout'::text, 'stderr'::text, 'log'::text])))
) partition by RANGE (task_id);

create table output_default partition of output DEFAULT;

create table payload (
  task_id uuid not null,
  key_id text not null,
  wrapped_key bytea not null,
  definition bytea,
  input bytea,
  resolver_input bytea,
  result bytea,
  born_key_id text,
  constraint payload_pkey PRIMARY KEY (task_id)
) partition by RANGE (task_id);
comment on column payload.born_key_id is 'The ring key under which the data key was made, when it was re-wrapped since; re-encryption gives the task another data key.';

create table payload_default partition of payload DEFAULT;

create table question (
  id uuid not null,
  task_id uuid not null,
  step_no integer not null,
  kind text not null,
  token_hash bytea,
  form bytea not null,
  answerers text[] not null default '{}'::text[],
  answerer_groups text[] not null default '{}'::text[],
  waiting_steps integer[] not null default '{}'::integer[],
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  answer bytea,
  answered_at timestamp with time zone,
  answered_by text,
  closed_at timestamp with time zone,
  no bigint not null generated always as identity,
  constraint question_pkey PRIMARY KEY (id),
  constraint question_check CHECK (((kind = 'callback'::text) = (token_hash IS NOT NULL))),
  constraint question_check1 CHECK (((answer IS NULL) = (answered_at IS NULL))),
  constraint question_check2 CHECK (((answered_at IS NULL) OR (closed_at IS NULL))),
  constraint question_kind_check CHECK ((kind = ANY (ARRAY['callback'::text, 'input'::text])))
);
CREATE UNIQUE INDEX question_open_idx ON public.question USING btree (task_id, step_no) WHERE ((answered_at IS NULL) AND (closed_at IS NULL));
CREATE INDEX question_task_idx ON public.question USING btree (task_id, step_no, created_at);
comment on column question.step_no is 'The step that asks.';
comment on column question.form is 'Sealed: title, description, JSON Schema.';
comment on column question.waiting_steps is 'Steps that look again when the answer is there.';
comment on column question.closed_at is 'Nobody waits for an answer any more.';

create table report (
  task_id uuid not null,
  token_hash bytea not null,
  last_client_seq bigint not null default 0,
  timeout_seconds integer not null,
  reported_at timestamp with time zone not null,
  constraint report_pkey PRIMARY KEY (task_id)
);

create table ring_key (
  id text not null,
  created_at timestamp with time zone not null default now(),
  is_current boolean not null default false,
  constraint ring_key_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX ring_key_current_idx ON public.ring_key USING btree (is_current) WHERE is_current;

create table session (
  token_hash bytea not null,
  user_id uuid not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  last_seen_at timestamp with time zone not null default now(),
  address text,
  user_agent text,
  via text not null default 'session'::text,
  constraint session_pkey PRIMARY KEY (token_hash),
  constraint session_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id) ON DELETE CASCADE,
  constraint session_via_check CHECK ((via = ANY (ARRAY['session'::text, 'code'::text])))
);
CREATE INDEX session_expiry_idx ON public.session USING btree (expires_at);
CREATE INDEX session_user_idx ON public.session USING btree (user_id);
comment on column session.via is 'How it was opened: with name and password, or with the sign-in link of a start.';

create table setting (
  name text not null,
  value jsonb not null,
  updated_at timestamp with time zone not null default now(),
  updated_by text not null,
  constraint setting_pkey PRIMARY KEY (name)
);

create table sign_in_attempt (
  key text not null,
  tries integer not null,
  until timestamp with time zone not null,
  constraint sign_in_attempt_pkey PRIMARY KEY (key)
);
CREATE INDEX sign_in_attempt_until_idx ON public.sign_in_attempt USING btree (until);

create table sign_in_code (
  code_hash bytea not null,
  user_id uuid not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint sign_in_code_pkey PRIMARY KEY (code_hash),
  constraint sign_in_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id) ON DELETE CASCADE
);

create table signal (
  task_id uuid not null,
  id bigint not null generated always as identity,
  kind text not null,
  step_no integer,
  actor text not null,
  payload bytea,
  created_at timestamp with time zone not null default now(),
  constraint signal_pkey PRIMARY KEY (task_id, id)
);

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
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  due_at timestamp with time zone,
  error_summary text,
  group_no integer not null default 0,
  constraint step_pkey PRIMARY KEY (task_id, no)
) partition by RANGE (task_id);
comment on column step.group_no is 'The attempt that began the group of tries it is in; 0 before that. A person begins a new group, a retry does not.';

create table step_default partition of step DEFAULT with (fillfactor=80);

create table task (
  id uuid not null,
  kind text not null,
  label text not null,
  title text not null,
  state text not null,
  result text not null default 'pending'::text,
  reason text,
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
  resolvers text[] not null default '{}'::text[],
  resolver_groups text[] not null default '{}'::text[],
  watchers text[] not null default '{}'::text[],
  parent_id uuid,
  parent_step_no integer,
  idempotency_key text,
  tags jsonb not null default '{}'::jsonb,
  error_summary text,
  error_fingerprint text,
  start_at timestamp with time zone,
  start_before timestamp with time zone,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  state_updated_at timestamp with time zone not null,
  depth smallint not null default 0,
  born_group integer,
  born_index integer,
  stops_with_parent boolean not null default true,
  watcher_groups text[] not null default '{}'::text[],
  about_task_id uuid,
  owner_groups text[] not null default '{}'::text[],
  keep_seconds bigint,
  kept_until timestamp with time zone generated always as (timezone('UTC'::text, (timezone('UTC'::text, ended_at) + make_interval(secs => (keep_seconds)::double precision)))) stored,
  constraint task_pkey PRIMARY KEY (id),
  constraint task_check CHECK (((state = 'stopped'::text) = (result <> 'pending'::text))),
  constraint task_check1 CHECK (((state <> 'stopped'::text) OR (executor_id IS NULL))),
  constraint task_kind_check CHECK ((kind = ANY (ARRAY['run'::text, 'reported'::text]))),
  constraint task_reason_check CHECK ((reason = ANY (ARRAY['start-at'::text, 'dependency'::text, 'queued'::text, 'approval'::text, 'lock'::text, 'capacity'::text, 'waiting-subtask'::text, 'waiting-callback'::text, 'waiting-input'::text, 'waiting-until'::text, 'retrying'::text, 'by-user'::text, 'by-parent'::text, 'step-failed'::text, 'retries-exhausted'::text, 'deadlock'::text, 'needs-review'::text, 'input-invalid'::text, 'rejected'::text, 'missed-deadline'::text, 'cancelled'::text, 'halted'::text, 'unlocked'::text, 'dependency-failed'::text, 'lock-conflict'::text, 'report-lost'::text]))) NOT VALID,
  constraint task_result_check CHECK ((result = ANY (ARRAY['pending'::text, 'success'::text, 'warning'::text, 'error'::text, 'cancelled'::text]))),
  constraint task_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'pending'::text, 'running'::text, 'paused'::text, 'stopped'::text])))
) with (fillfactor=85);
CREATE INDEX task_about_idx ON public.task USING btree (about_task_id, id) WHERE (about_task_id IS NOT NULL);
CREATE INDEX task_attention_idx ON public.task USING btree (state_updated_at, id) WHERE ((state = 'paused'::text) OR ((state = 'pending'::text) AND (reason = 'approval'::text)));
CREATE UNIQUE INDEX task_birth_idx ON public.task USING btree (parent_id, parent_step_no, born_group, born_index) WHERE (parent_id IS NOT NULL);
CREATE INDEX task_ended_idx ON public.task USING btree (ended_at, id) WHERE ((state = 'stopped'::text) AND (kept_until IS NULL) AND (parent_id IS NULL) AND (about_task_id IS NULL));
CREATE INDEX task_executor_idx ON public.task USING btree (executor_id) WHERE (executor_id IS NOT NULL);
CREATE UNIQUE INDEX task_idempotency_idx ON public.task USING btree (owner_name, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX task_internal_ended_idx ON public.task USING btree (ended_at, id) WHERE ((state = 'stopped'::text) AND (about_task_id IS NOT NULL));
CREATE INDEX task_internal_idx ON public.task USING btree (id) WHERE (about_task_id IS NOT NULL);
CREATE INDEX task_kept_idx ON public.task USING btree (kept_until, id) WHERE ((kept_until IS NOT NULL) AND (parent_id IS NULL));
CREATE INDEX task_label_idx ON public.task USING btree (label, id);
CREATE INDEX task_live_child_idx ON public.task USING btree (parent_id, parent_step_no, id) WHERE ((parent_id IS NOT NULL) AND (state <> 'stopped'::text));
CREATE INDEX task_owner_idx ON public.task USING btree (owner_id, id);
CREATE INDEX task_parent_idx ON public.task USING btree (parent_id, id) WHERE (parent_id IS NOT NULL);
CREATE INDEX task_queued_owner_idx ON public.task USING btree (owner_name) WHERE ((executor_id IS NULL) AND (kind = 'run'::text) AND (state = 'pending'::text) AND (reason = 'queued'::text));
CREATE INDEX task_state_idx ON public.task USING btree (state, result, id) WHERE (about_task_id IS NULL);
CREATE INDEX task_unowned_idx ON public.task USING btree (id) WHERE ((executor_id IS NULL) AND (kind = 'run'::text) AND (((state = 'pending'::text) AND (reason = 'queued'::text)) OR ((state = 'running'::text) AND (reason IS NULL))));
comment on column task.takeovers is 'Executors that died while they ran it, since a step last finished; at 3 it pauses as needs-review.';
comment on column task.retry_count is 'Automatic retries since a person last touched the task; at the template''s retry_max it pauses as retries-exhausted.';
comment on column task.depth is 'Ancestors above it; 0 for a task that no step gave birth to.';
comment on column task.born_group is 'The attempt of the parent''s step that began the group of tries it was born in.';
comment on column task.born_index is 'Its place among the children of that group.';
comment on column task.stops_with_parent is 'False: on_parent_stop: leave.';
comment on column task.about_task_id is 'Set for internal tasks: the task this one is about, itself when it is about none.';
comment on column task.owner_groups is 'Of its owner when it was made; only templates read it, what somebody may do is decided by the groups he is in now.';
comment on column task.keep_seconds is 'How long its template keeps it once it is over; null: the installation decides.';
comment on column task.kept_until is 'Where its template says so: the sweep may delete it from then on.';

create table task_count (
  id bigint not null generated always as identity,
  state text not null,
  result text not null,
  n bigint not null,
  constraint task_count_pkey PRIMARY KEY (id)
);
comment on column task_count.state is 'Not checked against the list of words: what counts tasks must never refuse one.';

create table task_dependency (
  task_id uuid not null,
  depends_on_id uuid not null,
  constraint task_dependency_pkey PRIMARY KEY (task_id, depends_on_id)
);
CREATE INDEX task_dependency_on_idx ON public.task_dependency USING btree (depends_on_id);

create table template (
  id uuid not null,
  name text not null,
  version integer not null,
  source text not null,
  digest text not null,
  text text not null,
  definition json not null,
  description text not null,
  hidden boolean not null default false,
  blocked boolean not null default false,
  is_latest boolean not null default true,
  retired_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  created_by text not null,
  constraint template_pkey PRIMARY KEY (id),
  constraint template_name_version_key UNIQUE (name, version),
  constraint template_source_check CHECK ((source = ANY (ARRAY['shipped'::text, 'folder'::text, 'saved'::text])))
);
CREATE UNIQUE INDEX template_latest_idx ON public.template USING btree (name) WHERE is_latest;

create table template_function (
  id uuid not null,
  name text not null,
  version integer not null,
  source text not null,
  digest text not null,
  text text not null,
  definition json not null,
  description text not null,
  is_latest boolean not null default true,
  retired_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint template_function_pkey PRIMARY KEY (id),
  constraint template_function_name_version_key UNIQUE (name, version)
);
CREATE UNIQUE INDEX template_function_latest_idx ON public.template_function USING btree (name) WHERE is_latest;

create table timer (
  task_id uuid not null,
  step_no integer not null,
  kind text not null,
  due_at timestamp with time zone not null,
  constraint timer_pkey PRIMARY KEY (task_id, step_no, kind)
);
CREATE INDEX timer_due_idx ON public.timer USING btree (due_at);
comment on column timer.step_no is '-1 for a timer of the task itself';

create table user_account (
  id uuid not null,
  name text not null,
  full_name text,
  password_hash text,
  roles text[] not null default '{}'::text[],
  groups text[] not null default '{}'::text[],
  password_expired boolean not null default false,
  disabled_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  last_sign_in_at timestamp with time zone,
  constraint user_account_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX user_account_name_idx ON public.user_account USING btree (lower(name));

create table wait (
  task_id uuid not null,
  step_no integer not null,
  resource_type text not null,
  resource_id text not null,
  operation_name text not null default ''::text,
  mode int8range,
  operation int8range,
  capacity integer,
  per_ms bigint,
  priority integer not null,
  owner_name text not null,
  seq bigint not null,
  since timestamp with time zone not null default clock_timestamp(),
  constraint wait_pkey PRIMARY KEY (task_id, step_no, resource_type, resource_id, operation_name)
);
CREATE INDEX wait_queue_idx ON public.wait USING btree (resource_type, resource_id, priority DESC, owner_name, seq);
CREATE INDEX wait_urgent_idx ON public.wait USING btree (resource_type, resource_id, ((- priority)), seq) WHERE (priority > 50000);
comment on column wait.seq is 'the order of asking; the same for all that one task asks for at once';

CREATE OR REPLACE FUNCTION public.ancestors_of(a_task uuid)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
AS $function$
  with recursive up (id, depth) as (
    select parent_id, 1 from task where id = a_task and parent_id is not null
    union all
    select task.parent_id, up.depth + 1 from up join task on task.id = up.id
    where task.parent_id is not null and up.depth < 40
  )
  select coalesce(array_agg(id order by depth), '{}') from up
$function$;

CREATE OR REPLACE FUNCTION public.arm_rate(w wait)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  due timestamptz;
begin
  select min(h.until) into due
  from wait o
  join hold h on h.resource_type = o.resource_type and h.resource_id = o.resource_id
  where o.task_id = w.task_id and o.step_no = w.step_no and o.per_ms is not null and h.until is not null;
  if due is null then return; end if;
  insert into timer (task_id, step_no, kind, due_at) values (w.task_id, w.step_no, 'rate', due)
  on conflict (task_id, step_no, kind) do update set due_at = excluded.due_at;
  perform pg_notify('stint_timers', floor(extract(epoch from due) * 1000)::text);
end
$function$;

CREATE OR REPLACE FUNCTION public.audit_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the audit table is append-only' using errcode = 'integrity_constraint_violation';
end $function$;

CREATE OR REPLACE FUNCTION public.blocked_at(w wait)
 RETURNS TABLE(resource text, blocker uuid)
 LANGUAGE sql
AS $function$
  select w.resource_type || '/' || w.resource_id, b
  from blocker_of(w, ancestors_of(w.task_id), true) b
  where b is not null
$function$;

CREATE OR REPLACE FUNCTION public.blocker_of(w wait, ancestors uuid[], minds_queue boolean)
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
declare
  free integer;
  found_task uuid;
begin
  if w.mode is not null then
    select h.task_id into found_task
    from hold h
    where h.resource_type = w.resource_type and h.resource_id = w.resource_id
      and h.mode && w.mode and h.operation && w.operation
      and h.task_id <> w.task_id and h.task_id <> all (ancestors)
    order by h.taken_at
    limit 1;
    if found_task is not null or not minds_queue then return found_task; end if;
    select o.task_id into found_task
    from wait o
    where o.resource_type = w.resource_type and o.resource_id = w.resource_id
      and o.mode && w.mode and o.operation && w.operation
      and (o.priority > w.priority or (o.priority = w.priority and o.seq < w.seq)) and o.task_id <> w.task_id
    limit 1;
    return found_task;
  end if;

  if has_slot(w, ancestors) then return null; end if;
  delete from hold h
  where h.resource_type = w.resource_type and h.resource_id = w.resource_id and h.until <= clock_timestamp();
  select w.capacity - count(*) into free
  from hold h
  where h.resource_type = w.resource_type and h.resource_id = w.resource_id and h.mode is null;
  if free <= 0 then
    select h.task_id into found_task
    from hold h
    where h.resource_type = w.resource_type and h.resource_id = w.resource_id and h.mode is null
    order by h.taken_at
    limit 1;
    -- A capacity of nothing has no holder that one could name.
    return coalesce(found_task, w.task_id);
  end if;
  if not minds_queue then return null; end if;
  select ahead.task_id into found_task
  from (
    select o.task_id
    from wait o
    where o.resource_type = w.resource_type and o.resource_id = w.resource_id and o.mode is null
      and (o.priority > w.priority or (o.priority = w.priority and o.seq < w.seq))
      and (o.task_id, o.step_no) <> (w.task_id, w.step_no)
    offset free - 1
    limit 1
  ) ahead;
  return found_task;
end
$function$;

CREATE OR REPLACE FUNCTION public.has_slot(w wait, ancestors uuid[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$
  select w.per_ms is null and exists (
    select from hold h
    where h.task_id = any (w.task_id || ancestors) and h.resource_type = w.resource_type and h.resource_id = w.resource_id
      and h.mode is null and h.step_no < 0 and h.until is null
  )
$function$;

CREATE OR REPLACE FUNCTION public.kept_by(a_task uuid, a_step integer)
 RETURNS TABLE(task_id uuid, step_no integer, slot_of text, slots integer, queue text)
 LANGUAGE sql
 STABLE
AS $function$
  select a_task, -2, null::text, 1, null::text
  where a_step > -2
  union all
  select behind.task_id, behind.step_no, null, 1, w.resource_type || '/' || w.resource_id
  from wait w
  cross join lateral (
    select o.task_id, o.step_no
    from wait o
    where o.resource_type = w.resource_type and o.resource_id = w.resource_id and o.priority > 50000
      and (-o.priority, o.seq) > (-w.priority, w.seq)
      and (o.mode is not null or not has_slot(o, ancestors_of(o.task_id)))
    order by -o.priority, o.seq
    limit 1
  ) behind
  where a_step > -2 and w.task_id = a_task and w.step_no = a_step
  union all
  -- The parent, as long as the step that started this one waits for it.
  select c.parent_id, -2, null, 1, null
  from task c
  join step s on s.task_id = c.parent_id and s.no = c.parent_step_no
    and s.state in ('WAITING', 'RUNNING', 'RETRY_NOW', 'TO_RETRY', 'AFTERRUN_ERROR')
  where a_step = -2 and c.id = a_task and c.state <> 'stopped'
  union all
  select t.id, -2, null, 1, null
  from task_dependency d
  join task t on t.id = d.task_id and t.state = 'scheduled'
  where a_step = -2 and d.depends_on_id = a_task
  union all
  select kept.task_id, kept.step_no, null, 1, null
  from hold h
  cross join lateral (
    select o.task_id, o.step_no
    from wait o
    where o.resource_type = h.resource_type and o.resource_id = h.resource_id and o.priority > 50000
      and o.mode && h.mode and o.operation && h.operation
      and o.task_id <> h.task_id and h.task_id <> all (ancestors_of(o.task_id))
    order by -o.priority, o.seq
    limit 1
  ) kept
  where a_step = -2 and h.task_id = a_task and h.mode is not null
  union all
  -- Those who know of fewer slots wait for more of the holders.
  select kept.task_id, kept.step_no, h.resource_type || '/' || h.resource_id, sizes.capacity, null
  from hold h
  cross join lateral (
    select distinct o.capacity
    from wait o
    where o.resource_type = h.resource_type and o.resource_id = h.resource_id and o.priority > 50000
      and o.mode is null and o.per_ms is null and o.capacity > 0
  ) sizes
  cross join lateral (
    select o.task_id, o.step_no
    from wait o
    where o.resource_type = h.resource_type and o.resource_id = h.resource_id and o.priority > 50000
      and o.mode is null and o.per_ms is null and o.capacity = sizes.capacity and not has_slot(o, ancestors_of(o.task_id))
    order by -o.priority, o.seq
    limit 1
  ) kept
  where a_step = -2 and h.task_id = a_task and h.mode is null and h.step_no < 0 and h.until is null
$function$;

CREATE OR REPLACE FUNCTION public.let_past(a_task uuid, a_step integer)
 RETURNS void
 LANGUAGE sql
AS $function$
  update wait w
  set priority = 1 + (
    select max(o.priority) from wait o
    join wait m on m.resource_type = o.resource_type and m.resource_id = o.resource_id
    where m.task_id = a_task and m.step_no = a_step
  )
  where w.task_id = a_task and w.step_no = a_step
$function$;

CREATE OR REPLACE FUNCTION public.next_waiter(a_type text, an_id text)
 RETURNS wait
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  top integer;
  owner text;
  candidate wait;
  best wait;
  holding bigint;
  least bigint;
begin
  select w.priority into top from wait w
  where w.resource_type = a_type and w.resource_id = an_id
  order by w.priority desc limit 1;
  if top is null then return null; end if;
  owner := '';
  loop
    select * into candidate from wait w
    where w.resource_type = a_type and w.resource_id = an_id and w.priority = top and w.owner_name > owner
    order by w.owner_name, w.seq limit 1;
    exit when candidate.task_id is null;
    owner := candidate.owner_name;
    select count(*) into holding from hold h
    where h.resource_type = a_type and h.resource_id = an_id and h.owner_name = owner;
    if least is null or holding < least or (holding = least and candidate.seq < best.seq) then
      best := candidate;
      least := holding;
    end if;
  end loop;
  return best;
end
$function$;

CREATE OR REPLACE FUNCTION public.pump(types text[], ids text[])
 RETURNS TABLE(task_id uuid, step_no integer, granted boolean)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  w wait;
  others record;
  is_free boolean;
  i integer := 1;
begin
  while i <= cardinality(types) loop
    w := next_waiter(types[i], ids[i]);
    if w.task_id is null then
      i := i + 1;
      continue;
    end if;
    is_free := true;
    for others in
      select o.resource_type, o.resource_id from wait o
      where o.task_id = w.task_id and o.step_no = w.step_no
        and (o.resource_type, o.resource_id) <> (w.resource_type, w.resource_id)
    loop
      -- Waiting here would break the order of locks; whoever holds that one decides, or the waiter itself does.
      is_free := is_free and pg_try_advisory_xact_lock(resource_key(others.resource_type, others.resource_id));
    end loop;
    if not is_free then
      return query select w.task_id, w.step_no, false;
      i := i + 1;
      continue;
    end if;
    if try_grant(w.task_id, w.step_no, false) is not null then
      perform arm_rate(w);
      i := i + 1;
      continue;
    end if;
    return query select w.task_id, w.step_no, true;
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION public.resource_key(a_type text, an_id text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select hashtextextended(a_type || '/' || an_id, 7)
$function$;

CREATE OR REPLACE FUNCTION public.settle_urgent(a_tasks uuid[], a_steps integer[])
 RETURNS TABLE(task_id uuid, step_no integer, status text, circle uuid[], granted boolean)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  last constant integer := cardinality(a_tasks);
  -- A flush may take 10 s. Those not looked at until then are refused together if they close a circle; that takes hundreds of
  -- wishes of which nearly each one closes some.
  deadline constant timestamptz := clock_timestamp() + interval '4 seconds';
  parked wait[];
  refused integer[] := '{}';
  types text[] := '{}';
  ids text[] := '{}';
  first integer := 1;
  size integer := last;
  closed uuid[];
  is_closed boolean;
begin
  -- Of two flushes that close one circle together neither would see the wish of the other: whoever comes second looks when the
  -- first is committed, in statements of its own. It comes after all the resources, of which the first waits for none any more.
  perform pg_advisory_xact_lock(hashtextextended('waiting circle', 7));
  loop
    closed := waiting_circle(a_tasks[first:first + size - 1], a_steps[first:first + size - 1]);
    is_closed := closed is not null;
    if is_closed and size > 1 and clock_timestamp() < deadline then
      with taken as (
        delete from wait w
        using unnest(a_tasks[first:first + size - 1], a_steps[first:first + size - 1]) u (task_id, step_no)
        where w.task_id = u.task_id and w.step_no = u.step_no
        returning w
      )
      select coalesce(parked, array_agg(t.w)) into parked from taken t;
      size := size / 2;
    else
      if is_closed and size = 1 then
        -- Whoever stands before it can only go on after it: what nobody holds is its own. If some of that is held for now, by
        -- somebody who stands in no circle, it is only the place in the queue that closes one.
        if try_grant(a_tasks[first], a_steps[first], false) is null then
          closed := null;
        else
          perform let_past(a_tasks[first], a_steps[first]);
          perform arm_rate(w) from wait w
          where w.task_id = a_tasks[first] and w.step_no = a_steps[first] and w.per_ms is not null
          limit 1;
          closed := waiting_circle(a_tasks[first:first], a_steps[first:first]);
        end if;
      end if;
      if closed is not null then
        with left_over as (
          delete from wait w
          using generate_series(first, first + size - 1) no
          where w.task_id = a_tasks[no] and w.step_no = a_steps[no]
          returning no, w.resource_type, w.resource_id
        )
        select refused || array_agg(distinct l.no), types || array_agg(l.resource_type), ids || array_agg(l.resource_id)
        into refused, types, ids
        from left_over l;
        return query
          select a_tasks[no], a_steps[no], 'circle', closed, null::boolean
          from unnest(refused) no where no between first and first + size - 1;
      end if;
      first := first + size;
      -- Where one closes a circle the next one mostly does.
      if not is_closed then size := size * 2; end if;
    end if;
    exit when first > last;
    if clock_timestamp() > deadline then size := last; end if;
    size := least(size, last - first + 1);
    insert into wait
    select (w).* from unnest(parked) w
    join unnest(a_tasks[first:first + size - 1], a_steps[first:first + size - 1]) u (task_id, step_no)
      on w.task_id = u.task_id and w.step_no = u.step_no
    where not exists (select from hold h where h.task_id = u.task_id and h.step_no = u.step_no and h.until is null)
    on conflict do nothing;
    perform try_grant(u.task_id, u.step_no, true)
    from unnest(a_tasks[first:first + size - 1], a_steps[first:first + size - 1]) u (task_id, step_no)
    where exists (select from wait w where w.task_id = u.task_id and w.step_no = u.step_no);
  end loop;
  -- Others of this flush may have asked behind whom it refused.
  return query
    select p.task_id, p.step_no, null::text, null::uuid[], p.granted from pump(types, ids) p
    where not p.granted or (p.task_id, p.step_no) not in (select * from unnest(a_tasks, a_steps));
  return query
    select u.task_id, u.step_no,
      case
        when exists (select from wait w where w.task_id = u.task_id and w.step_no = u.step_no) then 'waiting'
        else 'granted'
      end, null::uuid[], null::boolean
    from unnest(a_tasks, a_steps) with ordinality u (task_id, step_no, no)
    where u.no <> all (refused);
end
$function$;

CREATE OR REPLACE FUNCTION public.take_holds(frees jsonb, takes jsonb)
 RETURNS TABLE(kind text, task_id uuid, step_no integer, status text, resource text, blocker uuid, circle uuid[], since timestamp with time zone)
 LANGUAGE plpgsql
AS $function$
#variable_conflict use_column
declare
  free_tasks uuid[] := array(select (f ->> 'task')::uuid from jsonb_array_elements(frees) f);
  free_steps integer[] := array(select (f ->> 'step')::integer from jsonb_array_elements(frees) f);
  freed_types text[];
  freed_ids text[];
  t record;
  blocker_found uuid;
  at_resource record;
  conflict text;
  is_urgent boolean;
  urgent_tasks uuid[] := '{}';
  urgent_steps integer[] := '{}';
  urgent_resources text[] := '{}';
  urgent_blockers uuid[] := '{}';
begin
  select coalesce(array_agg(r.resource_type order by r.resource_type, r.resource_id), '{}'),
    coalesce(array_agg(r.resource_id order by r.resource_type, r.resource_id), '{}')
  into freed_types, freed_ids
  from (
    select h.resource_type, h.resource_id from hold h
    join unnest(free_tasks, free_steps) f (task, step) on f.task = h.task_id and (f.step is null or f.step = h.step_no)
    union
    select w.resource_type, w.resource_id from wait w
    join unnest(free_tasks, free_steps) f (task, step) on f.task = w.task_id and (f.step is null or f.step = w.step_no)
  ) r;

  perform pg_advisory_xact_lock(k.key)
  from (
    select distinct key from (
      select resource_key(u.a, u.b) as key from unnest(freed_types, freed_ids) u (a, b)
      union all
      select resource_key(w ->> 'type', w ->> 'id')
      from jsonb_array_elements(takes) t cross join jsonb_array_elements(t -> 'wants') w
    ) all_keys order by key
  ) k;

  -- What was granted to them between the two looks goes as well: its resource is locked by now.
  delete from hold h using unnest(free_tasks, free_steps) f (task, step)
  where f.task = h.task_id and (f.step is null or f.step = h.step_no) and h.until is null;
  delete from wait w using unnest(free_tasks, free_steps) f (task, step)
  where f.task = w.task_id and (f.step is null or f.step = w.step_no);
  return query
    select 'woken', p.task_id, p.step_no, case when p.granted then 'granted' else 'again' end, null::text, null::uuid,
      null::uuid[], null::timestamptz
    from pump(freed_types, freed_ids) p;

  for t in
    select (x ->> 'task')::uuid as id, (x ->> 'step')::integer as step, x ->> 'owner' as owner,
      (x ->> 'priority')::integer as priority, x -> 'wants' as wants
    from jsonb_array_elements(takes) x
  loop
    if exists (select from wait w where w.task_id = t.id and w.step_no = t.step) then
      return query
        select 'woken', p.task_id, p.step_no, case when p.granted then 'granted' else 'again' end, null::text,
          null::uuid, null::uuid[], null::timestamptz
        from pump(
          array(select w ->> 'type' from jsonb_array_elements(t.wants) w),
          array(select w ->> 'id' from jsonb_array_elements(t.wants) w)
        ) p
        where (p.task_id, p.step_no) <> (t.id, t.step);
      return query
        select 'take', t.id, t.step, case when count(w.since) = 0 then 'granted' else 'waiting' end,
          min(at.resource), min(at.blocker::text)::uuid, null::uuid[], min(w.since)
        from wait w
        left join lateral blocked_at(w) at on true
        where w.task_id = t.id and w.step_no = t.step;
      continue;
    end if;
    if exists (select from hold h where h.task_id = t.id and h.step_no = t.step and h.until is null) then
      return query select 'take', t.id, t.step, 'granted', null::text, null::uuid, null::uuid[], null::timestamptz;
      continue;
    end if;
    -- A step or a child of somebody who holds something goes before all others: until it is done, nothing is given back, and
    -- somebody before it in this queue may wait for just that.
    is_urgent := exists (select from hold h where h.task_id = any (t.id || ancestors_of(t.id)) and h.until is null);
    insert into wait (
      task_id, step_no, resource_type, resource_id, operation_name, mode, operation, capacity, per_ms, priority,
      owner_name, seq
    )
    select t.id, t.step, w ->> 'type', w ->> 'id', coalesce(w ->> 'operation', ''),
      case w ->> 'mode'
        when 'exclusive' then int8range(null, null)
        when 'shared' then int8range(n.seq, n.seq, '[]')
      end,
      case
        when w ->> 'mode' = 'limit' then null
        when coalesce(w ->> 'operation', '') = '' then int8range(null, null)
        else int8range(o.point, o.point, '[]')
      end,
      (w ->> 'capacity')::integer, (w ->> 'perMs')::bigint, t.priority + case when is_urgent then 100000 else 0 end,
      t.owner, n.seq
    from jsonb_array_elements(t.wants) w
    cross join (select nextval('wait_seq') as seq) n
    cross join lateral (select hashtextextended(w ->> 'operation', 7) / 2 as point) o
    -- A start that its rate counts already is not counted again; it says nothing about what else the task holds.
    where not exists (
      select from hold h
      where h.task_id = t.id and h.step_no = t.step and h.until > clock_timestamp()
        and h.resource_type = w ->> 'type' and h.resource_id = w ->> 'id'
    );

    blocker_found := try_grant(t.id, t.step, true);
    if blocker_found is null then
      return query select 'take', t.id, t.step, 'granted', null::text, null::uuid, null::uuid[], null::timestamptz;
      continue;
    end if;
    -- The resource at fault, and what the task wants to happen then.
    select at.resource as name, want ->> 'onConflict' as on_conflict into at_resource
    from wait w
    cross join lateral blocked_at(w) at
    join jsonb_array_elements(t.wants) want
      on want ->> 'type' = w.resource_type and want ->> 'id' = w.resource_id
        and coalesce(want ->> 'operation', '') = w.operation_name
    where w.task_id = t.id and w.step_no = t.step
    order by case want ->> 'onConflict' when 'fail' then 0 when 'coalesce' then 1 else 2 end
    limit 1;
    conflict := coalesce(at_resource.on_conflict, 'wait');
    if conflict <> 'wait' then
      delete from wait w where w.task_id = t.id and w.step_no = t.step;
      return query
        select 'take', t.id, t.step, conflict, at_resource.name, blocker_found, null::uuid[], null::timestamptz;
      continue;
    end if;
    -- Only the first in the queue looks again by the clock; it brings the others on.
    perform arm_rate(w) from wait w
    where w.task_id = t.id and w.step_no = t.step and w.per_ms is not null
      and (next_waiter(w.resource_type, w.resource_id)).task_id = t.id
    limit 1;
    if is_urgent then
      urgent_tasks := urgent_tasks || t.id;
      urgent_steps := urgent_steps || t.step;
      urgent_resources := array_append(urgent_resources, at_resource.name);
      urgent_blockers := urgent_blockers || blocker_found;
      continue;
    end if;
    return query select 'take', t.id, t.step, 'waiting', at_resource.name, blocker_found, null::uuid[], clock_timestamp();
  end loop;
  if urgent_tasks = '{}' then return; end if;
  return query
    select case when s.status is null then 'woken' else 'take' end, s.task_id, s.step_no,
      coalesce(s.status, case when s.granted then 'granted' else 'again' end),
      case when s.status in ('waiting', 'circle') then u.resource end, case when s.status in ('waiting', 'circle') then u.blocker end,
      s.circle, case when s.status = 'waiting' then clock_timestamp() end
    from settle_urgent(urgent_tasks, urgent_steps) s
    left join unnest(urgent_tasks, urgent_steps, urgent_resources, urgent_blockers) u (task_id, step_no, resource, blocker)
      on u.task_id = s.task_id and u.step_no = s.step_no;
end
$function$;

CREATE OR REPLACE FUNCTION public.try_grant(a_task uuid, a_step integer, minds_queue boolean)
 RETURNS uuid
 LANGUAGE plpgsql
AS $function$
declare
  ancestors uuid[] := ancestors_of(a_task);
  w wait;
  blocker uuid;
begin
  for w in select * from wait where task_id = a_task and step_no = a_step loop
    blocker := blocker_of(w, ancestors, minds_queue);
    if blocker is not null then return blocker; end if;
  end loop;
  for w in select * from wait where task_id = a_task and step_no = a_step loop
    if w.mode is not null then
      insert into hold (task_id, step_no, resource_type, resource_id, mode, operation, operation_name, owner_name)
      select a_task, a_step, w.resource_type, w.resource_id, u.mode, u.operation, w.operation_name, w.owner_name
      from uncovered(w, a_task || ancestors) u;
    elsif not has_slot(w, ancestors) then
      insert into hold (task_id, step_no, resource_type, resource_id, operation_name, owner_name, until)
      values (
        a_task, a_step, w.resource_type, w.resource_id, w.operation_name, w.owner_name,
        clock_timestamp() + make_interval(secs => w.per_ms / 1000.0)
      );
    end if;
  end loop;
  delete from wait where task_id = a_task and step_no = a_step;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.uncovered(w wait, ancestors uuid[])
 RETURNS TABLE(mode int8range, operation int8range)
 LANGUAGE plpgsql
AS $function$
declare
  modes int8range[] := array[w.mode];
  operations int8range[] := array[w.operation];
  next_modes int8range[];
  next_operations int8range[];
  h record;
begin
  for h in
    select hold.mode, hold.operation from hold
    where hold.task_id = any (ancestors) and hold.resource_type = w.resource_type
      and hold.resource_id = w.resource_id and hold.mode && w.mode and hold.operation && w.operation
  loop
    select coalesce(array_agg(part.m), '{}'), coalesce(array_agg(part.o), '{}')
    into next_modes, next_operations
    from unnest(modes, operations) as area (m, o)
    cross join lateral (
      select rest as m, area.o from unnest(int8multirange(area.m) - int8multirange(h.mode)) as rest
      union all
      select area.m * h.mode, rest from unnest(int8multirange(area.o) - int8multirange(h.operation)) as rest
      where not isempty(area.m * h.mode)
    ) part;
    modes := next_modes;
    operations := next_operations;
  end loop;
  return query select * from unnest(modes, operations);
end
$function$;

CREATE OR REPLACE FUNCTION public.waiting_circle(a_tasks uuid[], a_steps integer[])
 RETURNS uuid[]
 LANGUAGE plpgsql
 STABLE
AS $function$
declare
  -- 50 µs a node, and the walk through what is left: 0.8 s for 16,000. Beyond this the wish waits, unless its time ends; no
  -- flush of 10 s could look at everything. Some 5,000 families of which each waits for the next.
  nodes_max constant integer := 20000;
  tasks uuid[];
  steps integer[];
  starts integer[];
  ends integer[];
  rules integer[];
  queues text[];
  -- By rule: whom it keeps, and how many more must go until it does not.
  keeps integer[];
  slack integer[];
  -- By node: rules that keep it, where its rows as a need begin, whom it stands before in the circle, and in which queue.
  kept integer[];
  firsts integer[];
  next integer[];
  turn text[];
  gone integer[] := '{}';
  -- The wishes themselves are the first of the nodes.
  origin integer;
  origins integer;
  node integer;
  other integer;
  edge integer;
  rule integer;
  at integer := 1;
  circle uuid[];
begin
  select array_agg(u.task_id order by u.no), array_agg(u.step_no order by u.no), count(*) into tasks, steps, origins
  from unnest(a_tasks, a_steps) with ordinality u (task_id, step_no, no)
  where exists (select from wait w where w.task_id = u.task_id and w.step_no = u.step_no);

  with recursive reach (task_id, step_no) as (
    select u.task_id, u.step_no from unnest(tasks, steps) u (task_id, step_no)
    union
    select k.task_id, k.step_no from reach r cross join lateral kept_by(r.task_id, r.step_no) k
  )
  select array_agg(r.task_id), array_agg(r.step_no) into tasks, steps
  from (select task_id, step_no from reach limit nodes_max + 1) r;
  if tasks is null or cardinality(tasks) > nodes_max then return null; end if;

  -- Windows number what joins would: flushes run without hashes, and a loop over all pairs of nodes is no search.
  with node as materialized (
    select u.task_id, u.step_no, u.no::integer as no
    from unnest(tasks, steps) with ordinality u (task_id, step_no, no)
  ),
  named as (
    select k.task_id, k.step_no, null::integer as no, n.no as to_no, k.slot_of, k.slots, k.queue
    from node n
    cross join lateral kept_by(n.task_id, n.step_no) k
    union all
    select n.task_id, n.step_no, n.no, null, null, null, null from node n
  ),
  need as (
    select max(n.no) over (partition by n.task_id, n.step_no) as from_no, n.to_no, n.slot_of, n.slots, n.queue
    from named n
  ),
  ruled as (
    select n.from_no, n.to_no, n.slots, n.queue, count(*) over w as holders,
      dense_rank() over (order by n.from_no, n.slot_of, n.slots)::integer as rule_no
    from need n
    where n.to_no is not null
    window w as (partition by n.from_no, n.slot_of, n.slots)
  ),
  edge as materialized (
    select r.*, row_number() over (order by r.to_no)::integer as no from ruled r
  ),
  rule as materialized (
    select e.rule_no as no, min(e.from_no) as from_no, (min(e.holders) - min(e.slots) + 1)::integer as slack
    from edge e
    group by e.rule_no
  )
  select
    (select array_agg(e.from_no order by e.no) from edge e),
    (select array_agg(e.to_no order by e.no) from edge e),
    (select array_agg(e.rule_no order by e.no) from edge e),
    (select array_agg(e.queue order by e.no) from edge e),
    (select array_agg(r.from_no order by r.no) from rule r),
    (select array_agg(r.slack order by r.no) from rule r)
  into starts, ends, rules, queues, keeps, slack;
  -- Nobody whom they keep is in their way.
  if not exists (select from unnest(starts) s where s <= origins) then return null; end if;

  firsts := array_fill(0, array[cardinality(tasks)]);
  kept := firsts;
  for rule in 1 .. cardinality(keeps) loop
    -- A limit with fewer holders among these than slots keeps nobody.
    if slack[rule] > 0 then kept[keeps[rule]] := kept[keeps[rule]] + 1; end if;
  end loop;
  for edge in reverse cardinality(ends) .. 1 loop firsts[ends[edge]] := edge; end loop;

  -- Whoever can go goes, and those whom it kept may follow.
  for node in 1 .. cardinality(tasks) loop
    if kept[node] = 0 then gone := gone || node; end if;
  end loop;
  while at <= cardinality(gone) loop
    node := gone[at];
    at := at + 1;
    edge := firsts[node];
    while edge > 0 and ends[edge] = node loop
      rule := rules[edge];
      slack[rule] := slack[rule] - 1;
      if slack[rule] = 0 then
        other := keeps[rule];
        kept[other] := kept[other] - 1;
        if kept[other] = 0 then gone := gone || other; end if;
      end if;
      edge := edge + 1;
    end loop;
  end loop;

  for origin in reverse origins .. 1 loop
    continue when kept[origin] = 0;
    -- Backwards from the wish through those that are stuck, the nearest first, until somebody whom it needs itself.
    next := array_fill(0, array[cardinality(tasks)]);
    turn := array_fill(null::text, array[cardinality(tasks)]);
    gone := array[origin];
    at := 1;
    while at <= cardinality(gone) and next[origin] = 0 loop
      node := gone[at];
      at := at + 1;
      edge := firsts[node];
      while edge > 0 and ends[edge] = node loop
        other := starts[edge];
        if kept[other] > 0 and slack[rules[edge]] > 0 and next[other] = 0 then
          next[other] := node;
          turn[other] := queues[edge];
          gone := gone || other;
        end if;
        edge := edge + 1;
      end loop;
    end loop;
    continue when next[origin] = 0;
    node := origin;
    loop
      -- Of a line in one queue the first and the last say enough.
      if circle is null or circle[cardinality(circle)] <> tasks[node] and (turn[node] = turn[other]) is not true then
        circle := circle || tasks[node];
      end if;
      other := node;
      node := next[node];
      exit when node = origin;
    end loop;
    if cardinality(circle) > 1 and circle[cardinality(circle)] = tasks[origin] then circle := trim_array(circle, 1); end if;
    return circle;
  end loop;
  return null;
end
$function$;
