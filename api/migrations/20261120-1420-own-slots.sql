-- Whose slot covers a wish. It was any slot of an ancestor: also one that merely another step of the parent held for a while, or a start
-- that a rate counts, so more ran at once than a limit allows and children of a counted task were not counted. And the slot of
-- the task itself did not cover its steps: with a limit of one they waited for their own task for ever.

-- Has the task as a whole, or an ancestor, a slot of this limit? A rate counts every start.
create function has_slot(w wait, ancestors uuid[]) returns boolean
language sql stable as $$
  select w.per_ms is null and exists (
    select from hold h
    where h.task_id = any (w.task_id || ancestors) and h.resource_type = w.resource_type and h.resource_id = w.resource_id
      and h.mode is null and h.step_no < 0 and h.until is null
  )
$$;

-- A task that keeps this one waiting, or null: of a limit its longest holder or one who asked before, of a lock one who holds
-- or awaits what collides; any of those who asked before, since looking for the first would read a queue of thousands. With `minds_queue` whoever asked before counts too. Ancestors never stand in the way.
create or replace function blocker_of(w wait, ancestors uuid[], minds_queue boolean) returns uuid
language plpgsql as $$
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
$$;

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
$$;
