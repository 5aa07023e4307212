-- A task that was deleted is gone, yet pages that show it must hear of it, and whoever follows an old link deserves another answer
-- than "never existed". What stays for a while: that it was, when it went, where that stands on the audit record, and who could
-- see it, so that nobody else is told.
create table deleted_task (
  id uuid primary key,
  deleted_at timestamptz not null default now(),
  record_id uuid,
  owner_id uuid,
  resolvers text[] not null,
  resolver_groups text[] not null,
  watchers text[] not null,
  watcher_groups text[] not null
);
comment on table deleted_task is 'Tasks that were deleted, for a while.';
comment on column deleted_task.record_id is 'The entry of the audit record that says by whom and why.';

-- They are forgotten in the order in which they went.
create index deleted_task_at_idx on deleted_task (deleted_at);
