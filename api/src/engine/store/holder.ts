import type { AnySql } from '../../postgres/connect.ts'
import type { Resource } from '../lock.ts'
import { texts } from './arrays.ts'

export interface HolderRow {
  readonly resourceType: string
  readonly resourceId: string
  readonly taskId: string
}

/** The tasks that hold something of these resources now, the first to come first. Starts that a rate only counts are left out. */
export function findHolders(sql: AnySql, resources: readonly Resource[]): Promise<HolderRow[]> {
  return sql<HolderRow[]>`
    -- findHolders
    select hold.resource_type, hold.resource_id, hold.task_id
    from hold
    join unnest(
      ${texts(resources.map((each) => each.type))}::text[], ${texts(resources.map((each) => each.id))}::text[]
    ) as asked (type, id) on asked.type = hold.resource_type and asked.id = hold.resource_id
    where hold.until is null
    group by hold.resource_type, hold.resource_id, hold.task_id
    order by min(hold.id)`
}
