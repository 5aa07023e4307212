-- Which group of tries a step is in: what actions hand to others as their idempotency key must survive an executor, and
-- be another one once a person lets the step run again.

-- What stands already keeps the key that it has had so far, the one of a first group.
alter table step add column group_no integer not null default 1;
alter table step alter column group_no set default 0;

comment on column step.group_no is 'The attempt that began the group of tries it is in; 0 before that. A person begins a new group, a retry does not.';
