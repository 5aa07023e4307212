-- Locks and limits: what tasks hold, what they wait for, and the functions through which alone both tables change.
-- A flush calls take_holds once, after it has locked its task rows; resources are locked by name after that (advisory, in
-- sorted order), so flushes of different executors decide about a resource one after the other.

create extension if not exists btree_gist;

-- Every resource that a task names, with its wish to lock it.
create table link (
  task_id uuid not null,
  resource_type text not null,
  resource_id text not null,
  operation text not null default '',
  mode text check (mode in ('exclusive', 'shared', 'limit')),
  on_conflict text check (on_conflict in ('fail', 'wait', 'coalesce')),
  wait_ms bigint,
  capacity integer,
  per_ms bigint,
  primary key (task_id, resource_type, resource_id, operation),
  check ((mode = 'limit') = (capacity is not null))
);
comment on column link.mode is 'null: the task only refers to the resource';
create index link_resource_idx on link (resource_type, resource_id, task_id);

create table hold (
  id bigint generated always as identity primary key,
  task_id uuid not null,
  step_no integer not null,
  resource_type text not null,
  resource_id text not null,
  mode int8range,
  operation int8range,
  operation_name text not null default '',
  owner_name text not null,
  taken_at timestamptz not null default clock_timestamp(),
  until timestamptz,
  constraint hold_exclusive exclude using gist (
    resource_type with =, resource_id with =, mode with &&, operation with &&
  ) where (mode is not null)
);
comment on column hold.mode is 'exclusive: everything · shared: a point of its own · null: a slot of a limit';
comment on column hold.operation is 'everything, or one point from the hash of a named operation';
comment on column hold.until is 'for a start counted by a rate: when it leaves the window, whatever became of the task';
create index hold_task_idx on hold (task_id, step_no);
create index hold_resource_idx on hold (resource_type, resource_id);
create index hold_until_idx on hold (until) where until is not null;

create table wait (
  task_id uuid not null,
  step_no integer not null,
  resource_type text not null,
  resource_id text not null,
  operation_name text not null default '',
  mode int8range,
  operation int8range,
  capacity integer,
  per_ms bigint,
  priority integer not null,
  owner_name text not null,
  seq bigint not null,
  since timestamptz not null default clock_timestamp(),
  primary key (task_id, step_no, resource_type, resource_id, operation_name)
);
comment on column wait.seq is 'the order of asking; the same for all that one task asks for at once';
create index wait_queue_idx on wait (resource_type, resource_id, priority desc, owner_name, seq);
create sequence wait_seq;

create function resource_key(a_type text, an_id text) returns bigint
language sql immutable as $$
  select hashtextextended(a_type || '/' || an_id, 7)
$$;

-- A task's ancestors, the nearest first; never more than the depth that tasks may have.
create function ancestors_of(a_task uuid) returns uuid[]
language sql stable as $$
  with recursive up (id, depth) as (
    select parent_id, 1 from task where id = a_task and parent_id is not null
    union all
    select task.parent_id, up.depth + 1 from up join task on task.id = up.id
    where task.parent_id is not null and up.depth < 40
  )
  select coalesce(array_agg(id order by depth), '{}') from up
$$;

-- A task that keeps this one waiting, or null: of a limit its longest holder or one who asked before, of a lock one who holds
-- or awaits what collides; any of those who asked before, since looking for the first would read a queue of thousands. With `minds_queue` whoever asked before counts too. Ancestors never stand in the way.
create function blocker_of(w wait, ancestors uuid[], minds_queue boolean) returns uuid
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

  if exists (
    select from hold h
    where h.task_id = any (ancestors) and h.resource_type = w.resource_type and h.resource_id = w.resource_id
      and h.mode is null
  ) then
    return null;
  end if;
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

-- The resource and the task at which this waiter stands, no row when nothing is in its way.
create function blocked_at(w wait) returns table (resource text, blocker uuid)
language sql as $$
  select w.resource_type || '/' || w.resource_id, b
  from blocker_of(w, ancestors_of(w.task_id), true) b
  where b is not null
$$;

-- What is left of a wished lock when what ancestors hold of it is taken out: nothing where they cover it.
create function uncovered(w wait, ancestors uuid[]) returns table (mode int8range, operation int8range)
language plpgsql as $$
declare
  modes int8range[] := array[w.mode];
  operations int8range[] := array[w.operation];
  next_modes int8range[];
  next_operations int8range[];
  h record;
begin
  for h in
    select hold.mode, hold.operation from hold
    where hold.task_id = any (ancestors) and hold.resource_type = w.resource_type
      and hold.resource_id = w.resource_id and hold.mode && w.mode and hold.operation && w.operation
  loop
    select coalesce(array_agg(part.m), '{}'), coalesce(array_agg(part.o), '{}')
    into next_modes, next_operations
    from unnest(modes, operations) as area (m, o)
    cross join lateral (
      select rest as m, area.o from unnest(int8multirange(area.m) - int8multirange(h.mode)) as rest
      union all
      select area.m * h.mode, rest from unnest(int8multirange(area.o) - int8multirange(h.operation)) as rest
      where not isempty(area.m * h.mode)
    ) part;
    modes := next_modes;
    operations := next_operations;
  end loop;
  return query select * from unnest(modes, operations);
end
$$;

-- Turns everything that a task waits for into holds, or nothing of it. Returns who stands in the way, null when granted.
-- Needs the advisory locks of all its resources.
create function try_grant(a_task uuid, a_step integer, minds_queue boolean) returns uuid
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
      from uncovered(w, ancestors) u;
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

-- Who is next at a resource: the highest priority, of that the owner who holds least of it, of that whoever asked first.
-- Owners are found by skipping through the index: a queue of one owner's 10,000 tasks costs as much as one of ten.
create function next_waiter(a_type text, an_id text) returns wait
language plpgsql stable as $$
declare
  top integer;
  owner text;
  candidate wait;
  best wait;
  holding bigint;
  least bigint;
begin
  select w.priority into top from wait w
  where w.resource_type = a_type and w.resource_id = an_id
  order by w.priority desc limit 1;
  if top is null then return null; end if;
  owner := '';
  loop
    select * into candidate from wait w
    where w.resource_type = a_type and w.resource_id = an_id and w.priority = top and w.owner_name > owner
    order by w.owner_name, w.seq limit 1;
    exit when candidate.task_id is null;
    owner := candidate.owner_name;
    select count(*) into holding from hold h
    where h.resource_type = a_type and h.resource_id = an_id and h.owner_name = owner;
    if least is null or holding < least or (holding = least and candidate.seq < best.seq) then
      best := candidate;
      least := holding;
    end if;
  end loop;
  return best;
end
$$;

-- When a waiter is kept by a rate alone, its next look is a due time: the moment that the oldest start leaves the window.
create function arm_rate(w wait) returns void
language plpgsql as $$
declare
  due timestamptz;
begin
  select min(h.until) into due
  from wait o
  join hold h on h.resource_type = o.resource_type and h.resource_id = o.resource_id
  where o.task_id = w.task_id and o.step_no = w.step_no and o.per_ms is not null and h.until is not null;
  if due is null then return; end if;
  insert into timer (task_id, step_no, kind, due_at) values (w.task_id, w.step_no, 'rate', due)
  on conflict (task_id, step_no, kind) do update set due_at = excluded.due_at;
  perform pg_notify('stint_timers', floor(extract(epoch from due) * 1000)::text);
end
$$;

-- Something of these resources became free: their waiters, in order, as long as the first of them gets all that it asked
-- for. Returns whom: `granted` holds everything now, otherwise it waits for a resource that another transaction is deciding
-- about, and must ask again by itself.
create function pump(types text[], ids text[]) returns table (task_id uuid, step_no integer, granted boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  w wait;
  others record;
  is_free boolean;
  i integer := 1;
begin
  while i <= cardinality(types) loop
    w := next_waiter(types[i], ids[i]);
    if w.task_id is null then
      i := i + 1;
      continue;
    end if;
    is_free := true;
    for others in
      select o.resource_type, o.resource_id from wait o
      where o.task_id = w.task_id and o.step_no = w.step_no
        and (o.resource_type, o.resource_id) <> (w.resource_type, w.resource_id)
    loop
      -- Waiting here would break the order of locks; whoever holds that one decides, or the waiter itself does.
      is_free := is_free and pg_try_advisory_xact_lock(resource_key(others.resource_type, others.resource_id));
    end loop;
    if not is_free then
      return query select w.task_id, w.step_no, false;
      i := i + 1;
      continue;
    end if;
    if try_grant(w.task_id, w.step_no, false) is not null then
      perform arm_rate(w);
      i := i + 1;
      continue;
    end if;
    return query select w.task_id, w.step_no, true;
  end loop;
end
$$;

-- Whom a task waits for: those who hold what it asks for, its unfinished sub-tasks, tasks that must stop before it starts.
-- A slot held by a step is left out: the step ends by itself.
create function waits_for(a_task uuid, with_children boolean) returns table (id uuid)
language sql stable as $$
  select h.task_id
  from wait w
  join hold h on h.resource_type = w.resource_type and h.resource_id = w.resource_id and h.step_no < 0
    and (w.mode is null and h.mode is null or h.mode && w.mode and h.operation && w.operation)
  where w.task_id = a_task and h.task_id <> a_task and h.task_id <> all (ancestors_of(a_task))
  union
  select c.id from task c where with_children and c.parent_id = a_task and c.state <> 'stopped'
  union
  select d.depends_on_id from task_dependency d join task t on t.id = d.task_id and t.state = 'scheduled'
  where d.task_id = a_task
$$;

-- The circle that would close when this task waited: from it through holders, their unfinished sub-tasks and what those wait
-- for, back to it or to one of its ancestors. Null when there is none. Only somebody who holds something, or whose ancestors
-- do, can close one. A slot held by a step is no way on: the step ends by itself.
create function waiting_circle(a_task uuid) returns uuid[]
language plpgsql stable as $$
declare
  mine uuid[] := a_task || ancestors_of(a_task);
  circle uuid[];
begin
  if not exists (select from hold h where h.task_id = any (mine)) then return null; end if;
  -- First whether, as a set: paths alone could grow without bounds.
  if not exists (
    with recursive reach (id) as (
      select a_task
      union
      select n.id from reach r cross join lateral waits_for(r.id, r.id <> a_task) n
    )
    select from reach r cross join lateral waits_for(r.id, r.id <> a_task) n where n.id = any (mine)
  ) then
    return null;
  end if;
  with recursive reach (id, path) as (
    select a_task, array[a_task]
    union all
    select n.id, r.path || n.id
    from reach r cross join lateral waits_for(r.id, r.id <> a_task) n
    where n.id <> all (r.path) and cardinality(r.path) < 12 and (cardinality(r.path) = 1 or r.id <> all (mine))
  )
  select path into circle from reach where cardinality(path) > 1 and id = any (mine) limit 1;
  return coalesce(circle, array[a_task]);
end
$$;

-- One call decides for a whole flush, in this order: what is given back goes to those who wait for it, then new wishes are
-- granted, queued or refused. `frees` [{task, step?}], `takes` [{task, step, owner, priority, wants: [{type, id, operation,
-- mode, capacity?, perMs?, onConflict}]}]. Answers: kind `take` with a status for each take, kind `woken` for those others
-- that got what they waited for (`granted`) or must ask again (`again`).
-- A take is repeatable: who holds already is granted, who waits already keeps its place.
create function take_holds(frees jsonb, takes jsonb)
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
    if exists (select from hold h where h.task_id = t.id and h.step_no = t.step) then
      return query select 'take', t.id, t.step, 'granted', null::text, null::uuid, null::uuid[], null::timestamptz;
      continue;
    end if;
    -- A child of somebody who holds locks goes before all others: until it is done, its parent gives nothing back.
    is_urgent := exists (select from hold h where h.task_id = any (ancestors_of(t.id)));
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
    cross join lateral (select hashtextextended(w ->> 'operation', 7) / 2 as point) o;

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
