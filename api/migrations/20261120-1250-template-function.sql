-- Functions of the functions folders, versioned as templates are. A template carries the functions that it calls, so nothing that
-- runs reads this table: it is what texts are checked against and what people look at.
create table template_function (
  id uuid primary key,
  name text not null,
  version integer not null,
  source text not null,
  digest text not null,
  text text not null,
  definition jsonb not null,
  description text not null,
  is_latest boolean not null default true,
  retired_at timestamptz,
  created_at timestamptz not null default now(),
  unique (name, version)
);
create unique index template_function_latest_idx on template_function (name) where is_latest;
