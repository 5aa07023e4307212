-- Where notifications go. The configuration holds addresses, tokens and passwords, so all of it is sealed; what a list shows of
-- it stands beside it in clear.
create table channel (
  name text primary key,
  kind text not null check (kind in ('webhook', 'slack', 'email')),
  enabled boolean not null,
  strategy text not null check (strategy in ('always', 'failure_only', 'failure_or_done', 'silent')),
  target text not null,
  configuration bytea not null,
  key_id text not null,
  wrapped_key bytea not null,
  updated_at timestamptz not null,
  updated_by text not null
);
comment on column channel.target is 'Where it leads, without anything secret.';
