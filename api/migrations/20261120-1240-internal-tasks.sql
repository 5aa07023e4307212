-- Work that the installation does for itself, such as the delivery of a notification, is a task like any other and runs by the
-- same engine, but it is nobody's: lists, counts and pages of tasks never show it. The index of the lists leaves such rows out,
-- so that they cost those who count tasks nothing.
alter table task add column about_task_id uuid;
comment on column task.about_task_id is 'Set for internal tasks: the task this one is about, itself when it is about none.';

drop index task_state_idx;
create index task_state_idx on task (state, result, id) where about_task_id is null;
create index task_about_idx on task (about_task_id, id) where about_task_id is not null;
create index task_internal_idx on task (id) where about_task_id is not null;
