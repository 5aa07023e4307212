-- How many tasks there are, for the cards of those who may see all of them: counting the rows takes the longer the more history
-- there is, and every open page asks again whenever a task changes. A cache: the truth is the table task.
create table task_count (
  id bigint generated always as identity primary key,
  state text not null,
  result text not null,
  n bigint not null
);
comment on table task_count is 'Differences; the number of tasks of a state and result is their sum. Internal tasks are not counted.';
comment on column task_count.state is 'Not checked against the list of words: what counts tasks must never refuse one.';

insert into task_count (state, result, n)
select state, result, count(*)
from task
where about_task_id is null
group by state, result;

alter table executor add column counts_repaired integer not null default 0;
comment on column executor.counts_repaired is 'By how many tasks it found the counts wrong, as the leader; 0 unless something wrote past the engine.';
