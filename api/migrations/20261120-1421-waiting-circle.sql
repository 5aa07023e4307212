-- Waiting circles, told rightly. The old search took one way round for a circle: of a limit with several slots another holder may free
-- one, a rate frees itself, and a parent whose step has ended waits for no child. And it looked no further into a queue than
-- its first: whoever stood behind the second could wait for ever.
--
-- What may still go on is found by letting go: a task is over when all that it asks for is granted, and its awaited children and
-- the tasks before it are over; a wish is granted when nobody who holds what it collides with remains, of a limit fewer than its
-- slots, and all who stand before it are served. What never comes to that is stuck. A wish that is stuck by itself, and was not
-- before it came, closes a circle.

alter table wait add column asked_with bigint;
comment on column wait.asked_with is 'what was asked for at once with this, the same for the same wishes; null: nothing else';
update wait set asked_with = 0
where exists (
  select from wait o
  where o.task_id = wait.task_id and o.step_no = wait.step_no
    and (o.resource_type, o.resource_id, o.operation_name) <> (wait.resource_type, wait.resource_id, wait.operation_name)
);
create index wait_joint_idx on wait (resource_type, resource_id, priority desc) where asked_with is not null;

-- Does o stand before w in the queue of their resource? next_waiter prefers the owner who holds less, but where everybody who can go
-- has gone nobody holds more, unless there is a circle already: what is left of the order is this.
create function stands_before(o wait, w wait) returns boolean
language sql immutable as $$
  select o.priority > w.priority or o.priority = w.priority and o.seq < w.seq
$$;

-- The tasks that this one cannot end before: children that its steps still wait for, and, before it starts, whom it depends on.
create function awaited_by(a_task uuid) returns table (task_id uuid)
language sql stable as $$
  select c.id
  from task c
  join step s on s.task_id = a_task and s.no = c.parent_step_no
    and s.state in ('WAITING', 'RUNNING', 'RETRY_NOW', 'TO_RETRY', 'AFTERRUN_ERROR')
  where c.parent_id = a_task and c.state <> 'stopped'
  union
  select p.id
  from task t
  join task_dependency d on d.task_id = t.id
  join task p on p.id = d.depends_on_id and p.state <> 'stopped'
  where t.id = a_task and t.state = 'scheduled'
$$;

-- Nothing keeps it from its end but its own work.
create function is_at_ease(a_task uuid) returns boolean
language sql stable as $$
  select not exists (select from wait w where w.task_id = a_task) and not exists (select from awaited_by(a_task))
$$;

-- Those before w in its queue who may stand although its own resource is free for them: who asked for something else besides
-- that somebody holds or awaits, and of a lock who collides with a holder that is not in the way of w itself. All others are
-- served when w is. A queue of 10,000 that ask for one thing, or all for the same things, has none; unless, `alike_too`, w has
-- some of it already.
create function obstinate_before(w wait, ancestors uuid[], alike_too boolean) returns table (task_id uuid, step_no integer)
language sql stable as $$
  select o.task_id, o.step_no
  from wait o
  where o.resource_type = w.resource_type and o.resource_id = w.resource_id and o.priority >= w.priority
    and o.asked_with is not null and (alike_too or o.asked_with = 0 or o.asked_with is distinct from w.asked_with)
    and (o.task_id, o.step_no) <> (w.task_id, w.step_no) and stands_before(o, w)
    and exists (
      select from wait x
      where x.task_id = o.task_id and x.step_no = o.step_no
        and (x.resource_type, x.resource_id) <> (w.resource_type, w.resource_id)
        and (
          exists (
            select from wait y
            where y.resource_type = x.resource_type and y.resource_id = x.resource_id
              and (y.task_id, y.step_no) <> (x.task_id, x.step_no)
          ) or exists (
            select from hold h
            where h.resource_type = x.resource_type and h.resource_id = x.resource_id and h.step_no < 0 and h.until is null
              and not is_at_ease(h.task_id)
          )
        )
    )
  union
  select o.task_id, o.step_no
  from hold h
  cross join lateral (
    select o.task_id, o.step_no from wait o
    where o.resource_type = w.resource_type and o.resource_id = w.resource_id and o.priority >= w.priority
      and o.mode && h.mode and o.operation && h.operation and o.task_id <> h.task_id
      and (o.task_id, o.step_no) <> (w.task_id, w.step_no) and stands_before(o, w)
      and h.task_id <> all (ancestors_of(o.task_id))
    limit 1
  ) o
  where h.resource_type = w.resource_type and h.resource_id = w.resource_id and h.mode is not null
    and not (
      h.mode && w.mode and h.operation && w.operation and h.task_id <> w.task_id and h.task_id <> all (ancestors)
    )
$$;

-- What must come to pass before a node can go: of a task as a whole (step -2) all that it asks for and whom it awaits; of a wish
-- (step -1 the task's, or a step's) the end of holders, and the turn of those before it. A rule holds the node as long as `enough`
-- of its rows remain. A slot held by a step is left out, the step ends by itself; so is what a rate counts, its window passes.
create function needs_of(a_task uuid, a_step integer)
returns table (rule integer, enough integer, task_id uuid, step_no integer)
language plpgsql stable as $$
#variable_conflict use_column
declare
  ancestors uuid[];
  w wait;
  no integer := 0;
  has_some boolean;
  holders bigint;
begin
  if a_step = -2 then
    return query
      select distinct 0, 1, w.task_id, w.step_no from wait w where w.task_id = a_task
      union all
      select 0, 1, p.task_id, -2 from awaited_by(a_task) p;
    return;
  end if;
  ancestors := ancestors_of(a_task);
  select coalesce(bool_or(w.mode is null and has_slot(w, ancestors)), false) into has_some
  from wait w where w.task_id = a_task and w.step_no = a_step;
  for w in select * from wait where task_id = a_task and step_no = a_step loop
    if w.mode is null and has_slot(w, ancestors) then continue; end if;
    return query select 0, 1, o.task_id, o.step_no from obstinate_before(w, ancestors, has_some) o;
    if w.mode is not null then
      return query
        select 0, 1, h.task_id, -2 from hold h
        where h.resource_type = w.resource_type and h.resource_id = w.resource_id
          and h.mode && w.mode and h.operation && w.operation
          and h.task_id <> a_task and h.task_id <> all (ancestors);
      continue;
    end if;
    if w.per_ms is not null or w.capacity <= 0 then continue; end if;
    select count(*) into holders from hold h
    where h.resource_type = w.resource_type and h.resource_id = w.resource_id and h.mode is null
      and h.step_no < 0 and h.until is null;
    -- Enough of them end by themselves, which the first looks tell.
    if holders < w.capacity or exists (
      select from hold h
      where h.resource_type = w.resource_type and h.resource_id = w.resource_id and h.mode is null
        and h.step_no < 0 and h.until is null and is_at_ease(h.task_id)
      offset holders - w.capacity
    ) then
      continue;
    end if;
    no := no + 1;
    return query
      select no, w.capacity, h.task_id, -2 from hold h
      where h.resource_type = w.resource_type and h.resource_id = w.resource_id and h.mode is null
        and h.step_no < 0 and h.until is null;
  end loop;
end
$$;

-- Can a circle close through this wish at all? Only where the task or an ancestor holds something, and somebody waits for that, for
-- one of them to end, or behind the wish in a queue. Keeps the search from all who merely stand in a line.
create function may_close_circle(a_task uuid, a_step integer) returns boolean
language plpgsql stable as $$
declare
  mine uuid[] := a_task || ancestors_of(a_task);
begin
  if not exists (select from hold h where h.task_id = any (mine) and h.until is null) then return false; end if;
  return exists (
    select from hold h
    join wait o on o.resource_type = h.resource_type and o.resource_id = h.resource_id
    where h.task_id = any (mine) and h.until is null and h.step_no < 0 and o.task_id <> h.task_id
  ) or exists (
    select from task_dependency d join task t on t.id = d.task_id and t.state = 'scheduled'
    where d.depends_on_id = any (mine)
  ) or exists (
    -- Of one priority it is the last.
    select from wait w
    join wait o on o.resource_type = w.resource_type and o.resource_id = w.resource_id and o.priority < w.priority
    where w.task_id = a_task and w.step_no = a_step
  );
end
$$;

-- The circle that this wish would close: tasks that each wait for the next, the shortest way round. Null when there is none.
drop function waiting_circle(uuid);
drop function waits_for(uuid, boolean);
create function waiting_circle(a_task uuid, a_step integer) returns uuid[]
language plpgsql stable as $$
declare
  tasks uuid[];
  starts integer[];
  ends integer[];
  rules integer[];
  -- By rule: whom it keeps, and how many more must go until it does not.
  keeps integer[];
  slack integer[];
  -- By node: rules that keep it, where its rows as a need begin, and whom it stands before in the circle.
  kept integer[];
  firsts integer[];
  next integer[];
  gone integer[] := '{}';
  origin integer;
  node integer;
  other integer;
  edge integer;
  rule integer;
  at integer := 1;
  circle uuid[];
begin
  if not may_close_circle(a_task, a_step) then return null; end if;
  -- First whether anything leads back, which ends at the first way found.
  if not exists (
    with recursive reach (task_id, step_no) as (
      select n.task_id, n.step_no from needs_of(a_task, a_step) n
      union
      select n.task_id, n.step_no from reach r cross join lateral needs_of(r.task_id, r.step_no) n
    )
    select from reach where task_id = a_task and step_no = a_step
  ) then
    return null;
  end if;

  with recursive reach (task_id, step_no) as (
    select a_task, a_step
    union
    select n.task_id, n.step_no from reach r cross join lateral needs_of(r.task_id, r.step_no) n
  ),
  node as materialized (select r.task_id, r.step_no, row_number() over ()::integer as no from reach r),
  need as materialized (
    select f.no as from_no, t.no as to_no, n.rule, n.enough
    from node f
    cross join lateral needs_of(f.task_id, f.step_no) n
    join node t on t.task_id = n.task_id and t.step_no = n.step_no
  ),
  rule as materialized (
    select n.from_no, n.rule, row_number() over ()::integer as no, (count(*) - min(n.enough) + 1)::integer as slack
    from need n
    group by n.from_no, n.rule
    having count(*) >= min(n.enough)
  ),
  edge as materialized (
    select n.from_no, n.to_no, r.no as rule_no, row_number() over (order by n.to_no)::integer as no
    from need n
    join rule r on r.from_no = n.from_no and r.rule = n.rule
  )
  select
    (select array_agg(n.task_id order by n.no) from node n),
    (select n.no from node n where n.task_id = a_task and n.step_no = a_step),
    (select array_agg(e.from_no order by e.no) from edge e),
    (select array_agg(e.to_no order by e.no) from edge e),
    (select array_agg(e.rule_no order by e.no) from edge e),
    (select array_agg(r.from_no order by r.no) from rule r),
    (select array_agg(r.slack order by r.no) from rule r)
  into tasks, origin, starts, ends, rules, keeps, slack;
  if starts is null then return null; end if;

  firsts := array_fill(0, array[cardinality(tasks)]);
  next := firsts;
  kept := firsts;
  foreach node in array keeps loop kept[node] := kept[node] + 1; end loop;
  for edge in reverse cardinality(ends) .. 1 loop firsts[ends[edge]] := edge; end loop;

  -- Whoever can go goes, and those whom it kept may follow.
  for node in 1 .. cardinality(tasks) loop
    if kept[node] = 0 then gone := gone || node; end if;
  end loop;
  while at <= cardinality(gone) loop
    node := gone[at];
    at := at + 1;
    edge := firsts[node];
    while edge > 0 and ends[edge] = node loop
      rule := rules[edge];
      slack[rule] := slack[rule] - 1;
      if slack[rule] = 0 then
        other := keeps[rule];
        kept[other] := kept[other] - 1;
        if kept[other] = 0 then gone := gone || other; end if;
      end if;
      edge := edge + 1;
    end loop;
  end loop;
  if kept[origin] = 0 then return null; end if;

  -- Backwards from the wish through those that are stuck, the nearest first, until somebody whom it needs itself.
  gone := array[origin];
  at := 1;
  while at <= cardinality(gone) and next[origin] = 0 loop
    node := gone[at];
    at := at + 1;
    edge := firsts[node];
    while edge > 0 and ends[edge] = node loop
      other := starts[edge];
      if kept[other] > 0 and slack[rules[edge]] > 0 and next[other] = 0 then
        next[other] := node;
        gone := gone || other;
      end if;
      edge := edge + 1;
    end loop;
  end loop;
  if next[origin] = 0 then return null; end if;
  node := origin;
  loop
    if circle is null or circle[cardinality(circle)] <> tasks[node] then circle := circle || tasks[node]; end if;
    node := next[node];
    exit when node = origin;
  end loop;
  if cardinality(circle) > 1 and circle[cardinality(circle)] = a_task then circle := trim_array(circle, 1); end if;
  return circle;
end
$$;

-- The waiter goes before all who stand where it waits.
create function let_past(a_task uuid, a_step integer) returns void
language sql as $$
  update wait w
  set priority = 1 + (
    select max(o.priority) from wait o
    join wait m on m.resource_type = o.resource_type and m.resource_id = o.resource_id
    where m.task_id = a_task and m.step_no = a_step
  )
  where w.task_id = a_task and w.step_no = a_step
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
    is_urgent := exists (select from hold h where h.task_id = any (t.id || ancestors_of(t.id)) and h.until is null);
    insert into wait (
      task_id, step_no, resource_type, resource_id, operation_name, mode, operation, capacity, per_ms, priority,
      owner_name, seq, asked_with
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
      t.owner, n.seq, all_of_it.hash
    from jsonb_array_elements(t.wants) w
    cross join (select nextval('wait_seq') as seq) n
    cross join (
      select case when count(*) > 1 then
        hashtextextended(string_agg(concat_ws('/', x ->> 'type', x ->> 'id', x ->> 'mode', x ->> 'operation'), ' ' order by
          x ->> 'type', x ->> 'id', x ->> 'operation'), 7)
      end as hash
      from jsonb_array_elements(t.wants) x
    ) all_of_it
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
    circle_found := case when conflict = 'wait' then waiting_circle(t.id, t.step) end;
    -- Whoever stands before it can only go on after it: what nobody holds is its own.
    if circle_found is not null and try_grant(t.id, t.step, false) is null then
      return query select 'take', t.id, t.step, 'granted', null::text, null::uuid, null::uuid[], null::timestamptz;
      continue;
    end if;
    -- Some of that is held for now, by somebody who stands in no circle: it is only the place in the queue that closes one.
    if circle_found is not null then
      perform let_past(t.id, t.step);
      circle_found := waiting_circle(t.id, t.step);
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
