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
  constraint executor_pkey PRIMARY KEY (id),
  constraint executor_role_check CHECK ((role = ANY (ARRAY['serve'::text, 'work'::text, 'both'::text]))),
  constraint executor_state_check CHECK ((state = ANY (ARRAY['alive'::text, 'draining'::text, 'stopped'::text, 'dead'::text])))
);
CREATE INDEX executor_live_idx ON public.executor USING btree (heartbeat_at) WHERE (state = ANY (ARRAY['alive'::text, 'draining'::text]));
comment on column executor.pid_started_at is 'Start time of the process in clock ticks since boot: with boot_id and pid it names one process for good.';
comment on column executor.installation is 'Identity of the data directory or host installation; a start takes over dead executors of its own at once.';

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
  constraint payload_pkey PRIMARY KEY (task_id)
) partition by RANGE (task_id);

create table payload_default partition of payload DEFAULT;

create table report (
  task_id uuid not null,
  token_hash bytea not null,
  last_client_seq bigint not null default 0,
  timeout_seconds integer not null,
  reported_at timestamp with time zone not null,
  constraint report_pkey PRIMARY KEY (task_id)
);

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
  constraint step_pkey PRIMARY KEY (task_id, no)
) partition by RANGE (task_id);

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
  constraint task_pkey PRIMARY KEY (id),
  constraint task_check CHECK (((state = 'stopped'::text) = (result <> 'pending'::text))),
  constraint task_check1 CHECK (((state <> 'stopped'::text) OR (executor_id IS NULL))),
  constraint task_kind_check CHECK ((kind = ANY (ARRAY['run'::text, 'reported'::text]))),
  constraint task_reason_check CHECK ((reason = ANY (ARRAY['start-at'::text, 'dependency'::text, 'queued'::text, 'approval'::text, 'lock'::text, 'capacity'::text, 'waiting-subtask'::text, 'waiting-callback'::text, 'waiting-input'::text, 'waiting-until'::text, 'retrying'::text, 'by-user'::text, 'step-failed'::text, 'retries-exhausted'::text, 'deadlock'::text, 'needs-review'::text, 'input-invalid'::text, 'rejected'::text, 'missed-deadline'::text, 'cancelled'::text, 'halted'::text, 'unlocked'::text, 'dependency-failed'::text, 'lock-conflict'::text, 'report-lost'::text]))),
  constraint task_result_check CHECK ((result = ANY (ARRAY['pending'::text, 'success'::text, 'warning'::text, 'error'::text, 'cancelled'::text]))),
  constraint task_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'pending'::text, 'running'::text, 'paused'::text, 'stopped'::text])))
) with (fillfactor=85);
CREATE UNIQUE INDEX task_birth_idx ON public.task USING btree (parent_id, parent_step_no, born_group, born_index) WHERE (parent_id IS NOT NULL);
CREATE INDEX task_executor_idx ON public.task USING btree (executor_id) WHERE (executor_id IS NOT NULL);
CREATE UNIQUE INDEX task_idempotency_idx ON public.task USING btree (owner_name, idempotency_key) WHERE (idempotency_key IS NOT NULL);
CREATE INDEX task_label_idx ON public.task USING btree (label, id);
CREATE INDEX task_live_child_idx ON public.task USING btree (parent_id, parent_step_no) WHERE ((parent_id IS NOT NULL) AND (state <> 'stopped'::text));
CREATE INDEX task_owner_idx ON public.task USING btree (owner_id, id);
CREATE INDEX task_parent_idx ON public.task USING btree (parent_id, id) WHERE (parent_id IS NOT NULL);
CREATE INDEX task_state_idx ON public.task USING btree (state, result, id);
CREATE INDEX task_unowned_idx ON public.task USING btree (id) WHERE ((executor_id IS NULL) AND (kind = 'run'::text) AND (((state = 'pending'::text) AND (reason = 'queued'::text)) OR ((state = 'running'::text) AND (reason IS NULL))));
comment on column task.takeovers is 'Executors that died while they ran it, since a step last finished; at 3 it pauses as needs-review.';
comment on column task.retry_count is 'Automatic retries since a person last touched the task; at the template''s retry_max it pauses as retries-exhausted.';
comment on column task.depth is 'Ancestors above it; 0 for a task that no step gave birth to.';
comment on column task.born_group is 'The attempt of the parent''s step that began the group of tries it was born in.';
comment on column task.born_index is 'Its place among the children of that group.';
comment on column task.stops_with_parent is 'False: on_parent_stop: leave.';

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
  definition jsonb not null,
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
  definition jsonb not null,
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

CREATE OR REPLACE FUNCTION public.audit_is_append_only()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the audit table is append-only' using errcode = 'integrity_constraint_violation';
end $function$;
