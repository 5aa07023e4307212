-- Waiting circles, told rightly. The old search took one way round for a circle: of a limit with several slots another holder may free
-- one, a rate frees itself, and a parent whose step has ended waits for no child. And it looked no further into a queue than
-- its first: whoever stood behind the second could wait for ever.
--
-- What may still go on is found by letting go: a task is over when all that it asks for is granted, and its awaited children and
-- the tasks before it are over; a wish is granted when nobody who holds what it collides with remains, of a limit fewer than its
-- slots, and all who stand before it are served. What never comes to that is stuck. A wish that is stuck by itself closes a circle.
--
-- Before it came nobody was stuck. So only those can be whom the wish itself keeps, by however many steps, and all others are
-- taken as gone: the search goes from the wish to those who wait for it, mostly a handful, and not into the queues it stands in.
-- Whoever holds nothing, nor an ancestor, keeps nobody but those behind it, who hold nothing either: only urgent wishes (those of
-- take_holds, raised by 100,000 above priorities of -1,000 to 1,000) can stand in a circle, and only they are looked at.

-- From each in a queue to the next behind it.
create index wait_urgent_idx on wait (resource_type, resource_id, (-priority), seq) where priority > 50000;

-- Who cannot go before this node has gone. A node is a wish (step -1 the task's, or a step's) or a task as a whole (step -2): its end.
-- Of a queue it names the next alone, and of those whom a hold keeps the first: all behind that one wait for it anyway. A wish
-- that has its slot already waits for no turn. `slot_of` and `slots`: of a limit as many holders must remain to keep the wish;
-- otherwise one is enough. `queue`: it only has to wait for its turn. A slot held by a step is left out, the step ends by itself;
-- so is what a rate counts, its window passes. One statement, so that it is planned into the search rather than called.
create function kept_by(a_task uuid, a_step integer)
returns table (task_id uuid, step_no integer, slot_of text, slots integer, queue text)
language sql stable as $$
  select a_task, -2, null::text, 1, null::text
  where a_step > -2
  union all
  select behind.task_id, behind.step_no, null, 1, w.resource_type || '/' || w.resource_id
  from wait w
  cross join lateral (
    select o.task_id, o.step_no
    from wait o
    where o.resource_type = w.resource_type and o.resource_id = w.resource_id and o.priority > 50000
      and (-o.priority, o.seq) > (-w.priority, w.seq)
      and (o.mode is not null or not has_slot(o, ancestors_of(o.task_id)))
    order by -o.priority, o.seq
    limit 1
  ) behind
  where a_step > -2 and w.task_id = a_task and w.step_no = a_step
  union all
  -- The parent, as long as the step that started this one waits for it.
  select c.parent_id, -2, null, 1, null
  from task c
  join step s on s.task_id = c.parent_id and s.no = c.parent_step_no
    and s.state in ('WAITING', 'RUNNING', 'RETRY_NOW', 'TO_RETRY', 'AFTERRUN_ERROR')
  where a_step = -2 and c.id = a_task and c.state <> 'stopped'
  union all
  select t.id, -2, null, 1, null
  from task_dependency d
  join task t on t.id = d.task_id and t.state = 'scheduled'
  where a_step = -2 and d.depends_on_id = a_task
  union all
  select kept.task_id, kept.step_no, null, 1, null
  from hold h
  cross join lateral (
    select o.task_id, o.step_no
    from wait o
    where o.resource_type = h.resource_type and o.resource_id = h.resource_id and o.priority > 50000
      and o.mode && h.mode and o.operation && h.operation
      and o.task_id <> h.task_id and h.task_id <> all (ancestors_of(o.task_id))
    order by -o.priority, o.seq
    limit 1
  ) kept
  where a_step = -2 and h.task_id = a_task and h.mode is not null
  union all
  -- Those who know of fewer slots wait for more of the holders.
  select kept.task_id, kept.step_no, h.resource_type || '/' || h.resource_id, sizes.capacity, null
  from hold h
  cross join lateral (
    select distinct o.capacity
    from wait o
    where o.resource_type = h.resource_type and o.resource_id = h.resource_id and o.priority > 50000
      and o.mode is null and o.per_ms is null and o.capacity > 0
  ) sizes
  cross join lateral (
    select o.task_id, o.step_no
    from wait o
    where o.resource_type = h.resource_type and o.resource_id = h.resource_id and o.priority > 50000
      and o.mode is null and o.per_ms is null and o.capacity = sizes.capacity and not has_slot(o, ancestors_of(o.task_id))
    order by -o.priority, o.seq
    limit 1
  ) kept
  where a_step = -2 and h.task_id = a_task and h.mode is null and h.step_no < 0 and h.until is null
$$;

-- The circle that one of these wishes, all new, would close: tasks that each wait for the next, the shortest way round. Null when
-- there is none. One search for all of a flush: of 250 that line up behind each other, one by one
-- each looks at all before it.
drop function waiting_circle(uuid);
drop function waits_for(uuid, boolean);
create function waiting_circle(a_tasks uuid[], a_steps integer[]) returns uuid[]
language plpgsql stable as $$
declare
  -- 50 µs a node, and the walk through what is left: 0.8 s for 16,000. Beyond this the wish waits, unless its time ends; no
  -- flush of 10 s could look at everything. Some 5,000 families of which each waits for the next.
  nodes_max constant integer := 20000;
  tasks uuid[];
  steps integer[];
  starts integer[];
  ends integer[];
  rules integer[];
  queues text[];
  -- By rule: whom it keeps, and how many more must go until it does not.
  keeps integer[];
  slack integer[];
  -- By node: rules that keep it, where its rows as a need begin, whom it stands before in the circle, and in which queue.
  kept integer[];
  firsts integer[];
  next integer[];
  turn text[];
  gone integer[] := '{}';
  -- The wishes themselves are the first of the nodes.
  origin integer;
  origins integer;
  node integer;
  other integer;
  edge integer;
  rule integer;
  at integer := 1;
  circle uuid[];
begin
  select array_agg(u.task_id order by u.no), array_agg(u.step_no order by u.no), count(*) into tasks, steps, origins
  from unnest(a_tasks, a_steps) with ordinality u (task_id, step_no, no)
  where exists (select from wait w where w.task_id = u.task_id and w.step_no = u.step_no);

  with recursive reach (task_id, step_no) as (
    select u.task_id, u.step_no from unnest(tasks, steps) u (task_id, step_no)
    union
    select k.task_id, k.step_no from reach r cross join lateral kept_by(r.task_id, r.step_no) k
  )
  select array_agg(r.task_id), array_agg(r.step_no) into tasks, steps
  from (select task_id, step_no from reach limit nodes_max + 1) r;
  if tasks is null or cardinality(tasks) > nodes_max then return null; end if;

  -- Windows number what joins would: flushes run without hashes, and a loop over all pairs of nodes is no search.
  with node as materialized (
    select u.task_id, u.step_no, u.no::integer as no
    from unnest(tasks, steps) with ordinality u (task_id, step_no, no)
  ),
  named as (
    select k.task_id, k.step_no, null::integer as no, n.no as to_no, k.slot_of, k.slots, k.queue
    from node n
    cross join lateral kept_by(n.task_id, n.step_no) k
    union all
    select n.task_id, n.step_no, n.no, null, null, null, null from node n
  ),
  need as (
    select max(n.no) over (partition by n.task_id, n.step_no) as from_no, n.to_no, n.slot_of, n.slots, n.queue
    from named n
  ),
  ruled as (
    select n.from_no, n.to_no, n.slots, n.queue, count(*) over w as holders,
      dense_rank() over (order by n.from_no, n.slot_of, n.slots)::integer as rule_no
    from need n
    where n.to_no is not null
    window w as (partition by n.from_no, n.slot_of, n.slots)
  ),
  edge as materialized (
    select r.*, row_number() over (order by r.to_no)::integer as no from ruled r
  ),
  rule as materialized (
    select e.rule_no as no, min(e.from_no) as from_no, (min(e.holders) - min(e.slots) + 1)::integer as slack
    from edge e
    group by e.rule_no
  )
  select
    (select array_agg(e.from_no order by e.no) from edge e),
    (select array_agg(e.to_no order by e.no) from edge e),
    (select array_agg(e.rule_no order by e.no) from edge e),
    (select array_agg(e.queue order by e.no) from edge e),
    (select array_agg(r.from_no order by r.no) from rule r),
    (select array_agg(r.slack order by r.no) from rule r)
  into starts, ends, rules, queues, keeps, slack;
  -- Nobody whom they keep is in their way.
  if not exists (select from unnest(starts) s where s <= origins) then return null; end if;

  firsts := array_fill(0, array[cardinality(tasks)]);
  kept := firsts;
  for rule in 1 .. cardinality(keeps) loop
    -- A limit with fewer holders among these than slots keeps nobody.
    if slack[rule] > 0 then kept[keeps[rule]] := kept[keeps[rule]] + 1; end if;
  end loop;
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

  for origin in reverse origins .. 1 loop
    continue when kept[origin] = 0;
    -- Backwards from the wish through those that are stuck, the nearest first, until somebody whom it needs itself.
    next := array_fill(0, array[cardinality(tasks)]);
    turn := array_fill(null::text, array[cardinality(tasks)]);
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
          turn[other] := queues[edge];
          gone := gone || other;
        end if;
        edge := edge + 1;
      end loop;
    end loop;
    continue when next[origin] = 0;
    node := origin;
    loop
      -- Of a line in one queue the first and the last say enough.
      if circle is null or circle[cardinality(circle)] <> tasks[node] and (turn[node] = turn[other]) is not true then
        circle := circle || tasks[node];
      end if;
      other := node;
      node := next[node];
      exit when node = origin;
    end loop;
    if cardinality(circle) > 1 and circle[cardinality(circle)] = tasks[origin] then circle := trim_array(circle, 1); end if;
    return circle;
  end loop;
  return null;
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

-- What becomes of the urgent wishes of a flush that wait, in the order of asking. Mostly one search says that all may stay. If not,
-- they ask again one after the other, in groups as large as no circle is in: who closes one alone is let past, or refused. A row without a status tells others to ask again.
create function settle_urgent(a_tasks uuid[], a_steps integer[])
returns table (task_id uuid, step_no integer, status text, circle uuid[], granted boolean)
language plpgsql as $$
#variable_conflict use_column
declare
  last constant integer := cardinality(a_tasks);
  -- A flush may take 10 s. Those not looked at until then are refused together if they close a circle; that takes hundreds of
  -- wishes of which nearly each one closes some.
  deadline constant timestamptz := clock_timestamp() + interval '4 seconds';
  parked wait[];
  refused integer[] := '{}';
  types text[] := '{}';
  ids text[] := '{}';
  first integer := 1;
  size integer := last;
  closed uuid[];
  is_closed boolean;
begin
  -- Of two flushes that close one circle together neither would see the wish of the other: whoever comes second looks when the
  -- first is committed, in statements of its own. It comes after all the resources, of which the first waits for none any more.
  perform pg_advisory_xact_lock(hashtextextended('waiting circle', 7));
  loop
    closed := waiting_circle(a_tasks[first:first + size - 1], a_steps[first:first + size - 1]);
    is_closed := closed is not null;
    if is_closed and size > 1 and clock_timestamp() < deadline then
      with taken as (
        delete from wait w
        using unnest(a_tasks[first:first + size - 1], a_steps[first:first + size - 1]) u (task_id, step_no)
        where w.task_id = u.task_id and w.step_no = u.step_no
        returning w
      )
      select coalesce(parked, array_agg(t.w)) into parked from taken t;
      size := size / 2;
    else
      if is_closed and size = 1 then
        -- Whoever stands before it can only go on after it: what nobody holds is its own. If some of that is held for now, by
        -- somebody who stands in no circle, it is only the place in the queue that closes one.
        if try_grant(a_tasks[first], a_steps[first], false) is null then
          closed := null;
        else
          perform let_past(a_tasks[first], a_steps[first]);
          perform arm_rate(w) from wait w
          where w.task_id = a_tasks[first] and w.step_no = a_steps[first] and w.per_ms is not null
          limit 1;
          closed := waiting_circle(a_tasks[first:first], a_steps[first:first]);
        end if;
      end if;
      if closed is not null then
        with left_over as (
          delete from wait w
          using generate_series(first, first + size - 1) no
          where w.task_id = a_tasks[no] and w.step_no = a_steps[no]
          returning no, w.resource_type, w.resource_id
        )
        select refused || array_agg(distinct l.no), types || array_agg(l.resource_type), ids || array_agg(l.resource_id)
        into refused, types, ids
        from left_over l;
        return query
          select a_tasks[no], a_steps[no], 'circle', closed, null::boolean
          from unnest(refused) no where no between first and first + size - 1;
      end if;
      first := first + size;
      -- Where one closes a circle the next one mostly does.
      if not is_closed then size := size * 2; end if;
    end if;
    exit when first > last;
    if clock_timestamp() > deadline then size := last; end if;
    size := least(size, last - first + 1);
    insert into wait
    select (w).* from unnest(parked) w
    join unnest(a_tasks[first:first + size - 1], a_steps[first:first + size - 1]) u (task_id, step_no)
      on w.task_id = u.task_id and w.step_no = u.step_no
    where not exists (select from hold h where h.task_id = u.task_id and h.step_no = u.step_no and h.until is null)
    on conflict do nothing;
    perform try_grant(u.task_id, u.step_no, true)
    from unnest(a_tasks[first:first + size - 1], a_steps[first:first + size - 1]) u (task_id, step_no)
    where exists (select from wait w where w.task_id = u.task_id and w.step_no = u.step_no);
  end loop;
  -- Others of this flush may have asked behind whom it refused.
  return query
    select p.task_id, p.step_no, null::text, null::uuid[], p.granted from pump(types, ids) p
    where not p.granted or (p.task_id, p.step_no) not in (select * from unnest(a_tasks, a_steps));
  return query
    select u.task_id, u.step_no,
      case
        when exists (select from wait w where w.task_id = u.task_id and w.step_no = u.step_no) then 'waiting'
        else 'granted'
      end, null::uuid[], null::boolean
    from unnest(a_tasks, a_steps) with ordinality u (task_id, step_no, no)
    where u.no <> all (refused);
end
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
  at_resource record;
  conflict text;
  is_urgent boolean;
  urgent_tasks uuid[] := '{}';
  urgent_steps integer[] := '{}';
  urgent_resources text[] := '{}';
  urgent_blockers uuid[] := '{}';
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
    if conflict <> 'wait' then
      delete from wait w where w.task_id = t.id and w.step_no = t.step;
      return query
        select 'take', t.id, t.step, conflict, at_resource.name, blocker_found, null::uuid[], null::timestamptz;
      continue;
    end if;
    -- Only the first in the queue looks again by the clock; it brings the others on.
    perform arm_rate(w) from wait w
    where w.task_id = t.id and w.step_no = t.step and w.per_ms is not null
      and (next_waiter(w.resource_type, w.resource_id)).task_id = t.id
    limit 1;
    if is_urgent then
      urgent_tasks := urgent_tasks || t.id;
      urgent_steps := urgent_steps || t.step;
      urgent_resources := array_append(urgent_resources, at_resource.name);
      urgent_blockers := urgent_blockers || blocker_found;
      continue;
    end if;
    return query select 'take', t.id, t.step, 'waiting', at_resource.name, blocker_found, null::uuid[], clock_timestamp();
  end loop;
  if urgent_tasks = '{}' then return; end if;
  return query
    select case when s.status is null then 'woken' else 'take' end, s.task_id, s.step_no,
      coalesce(s.status, case when s.granted then 'granted' else 'again' end),
      case when s.status in ('waiting', 'circle') then u.resource end, case when s.status in ('waiting', 'circle') then u.blocker end,
      s.circle, case when s.status = 'waiting' then clock_timestamp() end
    from settle_urgent(urgent_tasks, urgent_steps) s
    left join unnest(urgent_tasks, urgent_steps, urgent_resources, urgent_blockers) u (task_id, step_no, resource, blocker)
      on u.task_id = s.task_id and u.step_no = s.step_no;
end
$$;
