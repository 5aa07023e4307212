import { newId } from '../base/ids.ts'
import type { AnySql } from '../postgres/connect.ts'
import type { ModelGroup, ModelHold, ModelResource, ModelTask, ModelWish } from './waiting-model.ts'

/** Three locks, limits of one and two slots, and a rate. */
export const modelResources: readonly ModelResource[] = [
  {},
  {},
  {},
  { capacity: 1 },
  { capacity: 2 },
  { capacity: 1, isRate: true },
]
export const isLimit = (resource: number) => resource >= 3

const typeOf = (resource: number) => (isLimit(resource) ? 'limit' : 'host')
const point = (text: string) => [...text].reduce((sum, char) => sum + char.charCodeAt(0), 0)
const rangeOf = (operation: string) =>
  operation === '' ? '(,)' : `[${point(operation)},${point(operation)}]`

let points = 0
const modeOf = ({ resource, isShared }: ModelWish) => {
  if (isLimit(resource)) return null
  const at = ++points
  return isShared ? `[${at},${at}]` : '(,)'
}

/** The rows of a model, as the engine would have written them. */
export class WaitingRows {
  readonly #sql: AnySql
  readonly ids: readonly string[]
  readonly #tasks: readonly ModelTask[]

  constructor(tx: AnySql, tasks: readonly ModelTask[]) {
    this.#sql = tx
    this.#tasks = tasks
    this.ids = tasks.map(() => newId())
  }

  async writeTasks(): Promise<void> {
    const { ids } = this
    for (const [no, { parent, isAwaited, owner, role, dependsOn }] of this.#tasks.entries()) {
      const parentId = parent === undefined ? null : (ids[parent] as string)
      await this.#sql`
        insert into task (id, kind, label, title, state, owner_name, parent_id, parent_step_no, created_at, state_updated_at)
        values (${ids[no] as string}, 'run', 'm', 'm', ${role}, ${owner}, ${parentId}, ${parentId && 100 + no}, now(), now())`
      if (parentId) {
        await this.#sql`
          insert into step (task_id, no, name, state) values (${parentId}, ${100 + no}, 's', ${isAwaited ? 'WAITING' : 'DONE'})`
      }
      for (const other of dependsOn) {
        await this.#sql`
          insert into task_dependency (task_id, depends_on_id) values (${ids[no] as string}, ${ids[other] as string})`
      }
    }
  }

  /** False where somebody else holds it already. */
  async hold(given: ModelHold): Promise<boolean> {
    const { task, step, resource, operation } = given
    const { isRate } = modelResources[resource] as ModelResource
    const rows = await this.#sql`
      insert into hold (task_id, step_no, resource_type, resource_id, mode, operation, operation_name, owner_name, until)
      values (
        ${this.ids[task] as string}, ${step}, ${typeOf(resource)}, ${String(resource)}, ${modeOf(given)}::int8range,
        ${isLimit(resource) ? null : rangeOf(operation)}::int8range, ${operation}, ${this.#tasks[task]?.owner as string},
        ${isRate ? new Date(Date.now() + 3_600_000) : null}
      )
      on conflict do nothing returning id`
    return rows.length > 0
  }

  async wait({ task, step, priority, seq, wishes }: ModelGroup): Promise<void> {
    for (const each of wishes) {
      const { capacity, isRate } = modelResources[each.resource] as ModelResource
      await this.#sql`
        insert into wait (
          task_id, step_no, resource_type, resource_id, operation_name, mode, operation, capacity, per_ms, priority, owner_name,
          seq
        ) values (
          ${this.ids[task] as string}, ${step}, ${typeOf(each.resource)}, ${String(each.resource)}, ${each.operation},
          ${modeOf(each)}::int8range, ${isLimit(each.resource) ? null : rangeOf(each.operation)}::int8range, ${capacity ?? null},
          ${isRate ? 1000 : null}, ${priority}, ${this.#tasks[task]?.owner as string}, ${seq}
        )`
    }
  }

  /** The circle that one of these closes. */
  async circleOf(groups: readonly ModelGroup[]): Promise<number[] | undefined> {
    const ids = groups.map(({ task }) => this.ids[task] as string)
    const steps = groups.map(({ step }) => step)
    const [row] = await this.#sql<{ circle: string[] | null }[]>`
      select waiting_circle(${ids}::uuid[], ${steps}::int[]) as circle`
    return row?.circle?.map((id) => this.ids.indexOf(id))
  }

  async giveUp({ task, step }: ModelGroup): Promise<void> {
    await this.#sql`delete from wait where task_id = ${this.ids[task] as string} and step_no = ${step}`
  }
}
