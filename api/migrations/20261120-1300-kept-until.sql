-- What is over is deleted when its time has come. The template says for how long a task is kept, and that is decided at its birth;
-- of all others the installation decides, with a setting that can change, so nothing is written for them.
alter table task add column keep_seconds bigint;
comment on column task.keep_seconds is 'How long its template keeps it once it is over; null: the installation decides.';

update task
set keep_seconds = least(floor((template.definition ->> 'cleanupAfterMs')::numeric / 1000), 3155760000)
from template
where template.id = task.template_id and template.definition ->> 'cleanupAfterMs' is not null;

-- By way of UTC: the sum of an instant and an interval depends on the zone of the session, and may not be stored.
alter table task add column kept_until timestamptz
  generated always as (timezone('UTC', timezone('UTC', ended_at) + make_interval(secs => keep_seconds))) stored;
comment on column task.kept_until is 'Where its template says so: the sweep may delete it from then on.';

-- What the sweep walks, oldest first: only the heads of families, since children and deliveries go with theirs.
create index task_kept_idx on task (kept_until, id) where kept_until is not null and parent_id is null;
create index task_ended_idx on task (ended_at, id)
  where state = 'stopped' and kept_until is null and parent_id is null and about_task_id is null;
create index task_internal_ended_idx on task (ended_at, id) where state = 'stopped' and about_task_id is not null;
