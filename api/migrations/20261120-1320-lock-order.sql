-- Two faults of the first writing. A start that a rate remembers passed for the locks of its task: unlocked and resumed, it ran
-- without them. And two sub-tasks could wait for each other for ever through their places in a queue, which no circle showed.

-- Whom a task waits for: those who hold what it asks for, its unfinished sub-tasks, tasks that must stop before it starts.
-- A slot held by a step is left out: the step ends by itself. Only the first of a queue is served: whoever stands behind it waits
-- for those who hold what the first one asks for besides.
create or replace function waits_for(a_task uuid, with_children boolean) returns table (id uuid)
language sql stable as $$
  select h.task_id
  from wait w
  join hold h on h.resource_type = w.resource_type and h.resource_id = w.resource_id and h.step_no < 0
    and (w.mode is null and h.mode is null or h.mode && w.mode and h.operation && w.operation)
  where w.task_id = a_task and h.task_id <> a_task and h.task_id <> all (ancestors_of(a_task))
  union
  select h.task_id
  from wait w
  cross join lateral next_waiter(w.resource_type, w.resource_id) f
  join wait o on o.task_id = f.task_id and o.step_no = f.step_no
  join hold h on h.resource_type = o.resource_type and h.resource_id = o.resource_id and h.step_no < 0
    and (o.mode is null and h.mode is null or h.mode && o.mode and h.operation && o.operation)
  where w.task_id = a_task and f.task_id <> a_task
    and h.task_id <> f.task_id and h.task_id <> all (ancestors_of(f.task_id))
  union
  select c.id from task c where with_children and c.parent_id = a_task and c.state <> 'stopped'
  union
  select d.depends_on_id from task_dependency d join task t on t.id = d.task_id and t.state = 'scheduled'
  where d.task_id = a_task
$$;

create or replace function take_holds(frees jsonb, takes jsonb)
returns table (kind text, task_id uuid, step_no integer, status text, resource text, blocker uuid, circle uuid[], since timestamptz)
language plpgsql as $$
#variable_conflict use_column
declare
  free_tasks uuid[] := array(select (f ->> 'task')::uuid from jsonb_array_elements(frees) f);
  free_steps integer[] := array(select (f ->> 'step')::integer from jsonb_array_elements(frees) f);
  freed_types text[];
  freed_ids text[];
  t record;
  blocker_found uuid;
  circle_found uuid[];
  at_resource record;
  conflict text;
  is_urgent boolean;
begin
  select coalesce(array_agg(r.resource_type order by r.resource_type, r.resource_id), '{}'),
    coalesce(array_agg(r.resource_id order by r.resource_type, r.resource_id), '{}')
  into freed_types, freed_ids
  from (
    select h.resource_type, h.resource_id from hold h
    join unnest(free_tasks, free_steps) f (task, step) on f.task = h.task_id and (f.step is null or f.step = h.step_no)
    union
    select w.resource_type, w.resource_id from wait w
    join unnest(free_tasks, free_steps) f (task, step) on f.task = w.task_id and (f.step is null or f.step = w.step_no)
  ) r;

  perform pg_advisory_xact_lock(k.key)
  from (
    select distinct key from (
      select resource_key(u.a, u.b) as key from unnest(freed_types, freed_ids) u (a, b)
      union all
      select resource_key(w ->> 'type', w ->> 'id')
      from jsonb_array_elements(takes) t cross join jsonb_array_elements(t -> 'wants') w
    ) all_keys order by key
  ) k;

  -- What was granted to them between the two looks goes as well: its resource is locked by now.
  delete from hold h using unnest(free_tasks, free_steps) f (task, step)
  where f.task = h.task_id and (f.step is null or f.step = h.step_no) and h.until is null;
  delete from wait w using unnest(free_tasks, free_steps) f (task, step)
  where f.task = w.task_id and (f.step is null or f.step = w.step_no);
  return query
    select 'woken', p.task_id, p.step_no, case when p.granted then 'granted' else 'again' end, null::text, null::uuid,
      null::uuid[], null::timestamptz
    from pump(freed_types, freed_ids) p;

  for t in
    select (x ->> 'task')::uuid as id, (x ->> 'step')::integer as step, x ->> 'owner' as owner,
      (x ->> 'priority')::integer as priority, x -> 'wants' as wants
    from jsonb_array_elements(takes) x
  loop
    if exists (select from wait w where w.task_id = t.id and w.step_no = t.step) then
      return query
        select 'woken', p.task_id, p.step_no, case when p.granted then 'granted' else 'again' end, null::text,
          null::uuid, null::uuid[], null::timestamptz
        from pump(
          array(select w ->> 'type' from jsonb_array_elements(t.wants) w),
          array(select w ->> 'id' from jsonb_array_elements(t.wants) w)
        ) p
        where (p.task_id, p.step_no) <> (t.id, t.step);
      return query
        select 'take', t.id, t.step, case when count(w.since) = 0 then 'granted' else 'waiting' end,
          min(at.resource), min(at.blocker::text)::uuid, null::uuid[], min(w.since)
        from wait w
        left join lateral blocked_at(w) at on true
        where w.task_id = t.id and w.step_no = t.step;
      continue;
    end if;
    if exists (select from hold h where h.task_id = t.id and h.step_no = t.step and h.until is null) then
      return query select 'take', t.id, t.step, 'granted', null::text, null::uuid, null::uuid[], null::timestamptz;
      continue;
    end if;
    -- A step or a child of somebody who holds something goes before all others: until it is done, nothing is given back, and
    -- somebody before it in this queue may wait for just that.
    is_urgent := exists (select from hold h where h.task_id = any (t.id || ancestors_of(t.id)));
    insert into wait (
      task_id, step_no, resource_type, resource_id, operation_name, mode, operation, capacity, per_ms, priority,
      owner_name, seq
    )
    select t.id, t.step, w ->> 'type', w ->> 'id', coalesce(w ->> 'operation', ''),
      case w ->> 'mode'
        when 'exclusive' then int8range(null, null)
        when 'shared' then int8range(n.seq, n.seq, '[]')
      end,
      case
        when w ->> 'mode' = 'limit' then null
        when coalesce(w ->> 'operation', '') = '' then int8range(null, null)
        else int8range(o.point, o.point, '[]')
      end,
      (w ->> 'capacity')::integer, (w ->> 'perMs')::bigint, t.priority + case when is_urgent then 100000 else 0 end,
      t.owner, n.seq
    from jsonb_array_elements(t.wants) w
    cross join (select nextval('wait_seq') as seq) n
    cross join lateral (select hashtextextended(w ->> 'operation', 7) / 2 as point) o
    -- A start that its rate counts already is not counted again; it says nothing about what else the task holds.
    where not exists (
      select from hold h
      where h.task_id = t.id and h.step_no = t.step and h.until > clock_timestamp()
        and h.resource_type = w ->> 'type' and h.resource_id = w ->> 'id'
    );

    blocker_found := try_grant(t.id, t.step, true);
    if blocker_found is null then
      return query select 'take', t.id, t.step, 'granted', null::text, null::uuid, null::uuid[], null::timestamptz;
      continue;
    end if;
    -- The resource at fault, and what the task wants to happen then.
    select at.resource as name, want ->> 'onConflict' as on_conflict into at_resource
    from wait w
    cross join lateral blocked_at(w) at
    join jsonb_array_elements(t.wants) want
      on want ->> 'type' = w.resource_type and want ->> 'id' = w.resource_id
        and coalesce(want ->> 'operation', '') = w.operation_name
    where w.task_id = t.id and w.step_no = t.step
    order by case want ->> 'onConflict' when 'fail' then 0 when 'coalesce' then 1 else 2 end
    limit 1;
    conflict := coalesce(at_resource.on_conflict, 'wait');
    circle_found := case when conflict = 'wait' then waiting_circle(t.id) end;
    -- Whoever stands before it can only go on after it: what nobody holds is its own.
    if circle_found is not null and try_grant(t.id, t.step, false) is null then
      return query select 'take', t.id, t.step, 'granted', null::text, null::uuid, null::uuid[], null::timestamptz;
      continue;
    end if;
    if conflict <> 'wait' or circle_found is not null then
      delete from wait w where w.task_id = t.id and w.step_no = t.step;
      return query
        select 'take', t.id, t.step, case when circle_found is null then conflict else 'circle' end, at_resource.name,
          blocker_found, circle_found, null::timestamptz;
      continue;
    end if;
    -- Only the first in the queue looks again by the clock; it brings the others on.
    perform arm_rate(w) from wait w
    where w.task_id = t.id and w.step_no = t.step and w.per_ms is not null
      and (next_waiter(w.resource_type, w.resource_id)).task_id = t.id
    limit 1;
    return query select 'take', t.id, t.step, 'waiting', at_resource.name, blocker_found, null::uuid[], clock_timestamp();
  end loop;
end
$$;
