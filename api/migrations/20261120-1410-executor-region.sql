-- Only regions that an executor was ever started for have a queue: everybody may name one in a task, and each queue costs.
create index executor_region_idx on executor (region) where region is not null;
