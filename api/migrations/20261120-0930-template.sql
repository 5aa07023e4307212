-- Templates are versioned and immutable: a task keeps the version it started with.
create table template (
  id uuid primary key,
  name text not null,
  version integer not null,
  source text not null check (source in ('shipped', 'folder', 'saved')),
  digest text not null,
  text text not null,
  definition jsonb not null,
  description text not null,
  hidden boolean not null default false,
  blocked boolean not null default false,
  is_latest boolean not null default true,
  retired_at timestamptz,
  created_at timestamptz not null default now(),
  created_by text not null,
  unique (name, version)
);
create unique index template_latest_idx on template (name) where is_latest;
