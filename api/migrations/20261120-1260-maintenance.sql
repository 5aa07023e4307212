-- The row stands while the installation is in maintenance: nothing new starts and nothing is changed from outside.
create table maintenance (
  is_only boolean primary key default true check (is_only),
  message text,
  since timestamptz not null,
  by_name text not null,
  ends_at timestamptz
);
comment on column maintenance.ends_at is 'What was announced; it ends when somebody ends it.';
