-- How many tasks of an owner wait for an executor decides how soon his next one is taken; see store/dispatch.ts.
create index task_queued_owner_idx on task (owner_name)
  where executor_id is null and kind = 'run' and state = 'pending' and reason = 'queued';
