-- What each process tells of itself with its heartbeat, for the page of executors and for those who wonder why nothing moves.

alter table executor
  add column hints integer not null default 0,
  add column running integer not null default 0,
  add column takeovers integer not null default 0,
  add column found_by_net integer not null default 0,
  add column flushes_per_second real,
  add column is_leader boolean not null default false;

comment on column executor.hints is 'Hints it took from the queue since it started.';
comment on column executor.running is 'Actions that run in it now.';
comment on column executor.takeovers is 'Silent executors whose tasks it took over, as the leader.';
comment on column executor.found_by_net is 'Tasks without a hint that it found as the leader; 0 unless connections were cut.';
