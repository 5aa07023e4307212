create table user_account (
  id uuid primary key,
  name text not null,
  full_name text,
  password_hash text,
  roles text[] not null default '{}',
  groups text[] not null default '{}',
  password_expired boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz
);
create unique index user_account_name_idx on user_account (lower(name));

create table session (
  token_hash bytea primary key,
  user_id uuid not null references user_account (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_seen_at timestamptz not null default now(),
  address text,
  user_agent text
);
create index session_user_idx on session (user_id);
create index session_expiry_idx on session (expires_at);

create table sign_in_code (
  code_hash bytea primary key,
  user_id uuid not null references user_account (id) on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table api_token (
  id uuid primary key,
  user_id uuid not null references user_account (id) on delete cascade,
  name text not null,
  token_hash bytea not null,
  permissions text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create unique index api_token_hash_idx on api_token (token_hash);
create index api_token_user_idx on api_token (user_id, id);

create table setting (
  name text primary key,
  value jsonb not null,
  updated_at timestamptz not null default now(),
  updated_by text not null
);

create table audit (
  id uuid primary key,
  at timestamptz not null default now(),
  actor_id uuid,
  actor_name text not null,
  action text not null,
  subject_type text,
  subject_id text,
  reason text,
  address text,
  details jsonb not null default '{}'
);
create index audit_subject_idx on audit (subject_type, subject_id, id);
create index audit_actor_idx on audit (actor_name, id);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit table is append-only' using errcode = 'integrity_constraint_violation';
end $$;
create trigger audit_append_only before update or delete on audit for each row execute function audit_is_append_only();
create trigger audit_never_truncated before truncate on audit for each statement execute function audit_is_append_only();
