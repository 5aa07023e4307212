-- A task that named one resource twice, for an operation and as a whole, collided with itself and could not be written.

-- Turns everything that a task waits for into holds, or nothing of it. Returns who stands in the way, null when granted.
-- Needs the advisory locks of all its resources. What the task holds already, by another of its wishes, is not taken twice.
create or replace function try_grant(a_task uuid, a_step integer, minds_queue boolean) returns uuid
language plpgsql as $$
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
    elsif not exists (
      select from hold h
      where h.task_id = any (ancestors) and h.resource_type = w.resource_type and h.resource_id = w.resource_id
        and h.mode is null
    ) then
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
$$;
