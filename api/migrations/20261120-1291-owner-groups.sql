-- What templates read as `.task.requester_groups`: the groups that the owner was in when the task was made.

alter table task add column owner_groups text[] not null default '{}';

comment on column task.owner_groups is 'Of its owner when it was made; only templates read it, what somebody may do is decided by the groups he is in now.';
