-- Tasks born from a step of another one. They are written in the flush that lets the step wait for them; the unique index is
-- what makes a second birth of the same child impossible, whatever happened to the executor or to the answer of a flush.

alter table task
  add column depth smallint not null default 0,
  add column born_group integer,
  add column born_index integer,
  add column stops_with_parent boolean not null default true,
  add column watcher_groups text[] not null default '{}';

comment on column task.depth is 'Ancestors above it; 0 for a task that no step gave birth to.';
comment on column task.born_group is 'The attempt of the parent''s step that began the group of tries it was born in.';
comment on column task.born_index is 'Its place among the children of that group.';
comment on column task.stops_with_parent is 'False: on_parent_stop: leave.';

create unique index task_birth_idx on task (parent_id, parent_step_no, born_group, born_index) where parent_id is not null;
-- Is a child of this step still alive? Asked whenever one ends, also of a step with 10,000 of them.
create index task_live_child_idx on task (parent_id, parent_step_no) where parent_id is not null and state <> 'stopped';
