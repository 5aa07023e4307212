import type { EventKind, Permission, Role, TaskState } from '@stint/schema/words'
import { newId } from '../base/ids.ts'
import { type Actor, permissionsOf } from '../domains/access/model.ts'
import type { TaskRow } from '../domains/tasks/model.ts'
import { announce, packIds } from '../postgres/announce.ts'
import type { Sql } from '../postgres/connect.ts'
import { channels } from '../postgres/listen.ts'

/** A person who is signed in; `permissions` narrows what the roles give, as a token does. */
export function actorOf(
  name: string,
  roles: readonly Role[],
  more: Partial<Actor> & { only?: Permission[] } = {},
): Actor {
  const { only, ...rest } = more
  return {
    userId: newId(),
    name,
    groups: [],
    roles,
    permissions: only ? new Set(only) : permissionsOf(roles),
    via: 'session',
    ...rest,
  }
}

export interface TaskSeed extends Partial<Omit<TaskRow, 'tags' | 'reason'>> {
  readonly tags?: Record<string, string>
  readonly reason?: TaskRow['reason']
  readonly owner?: Actor
  readonly dependsOn?: readonly string[]
}

function resultFor(state: TaskState, seed: TaskSeed): TaskRow['result'] {
  return seed.result ?? (state === 'stopped' ? 'success' : 'pending')
}

/** Rows as the engine leaves them, for tests that only read. */
export class World {
  readonly sql: Sql

  constructor(sql: Sql) {
    this.sql = sql
  }

  /** A running task of nobody in particular, unless the seed says otherwise. Answers its id. */
  async task(seed: TaskSeed = {}): Promise<string> {
    const id = seed.id ?? newId()
    const state = seed.state ?? 'running'
    const at = seed.createdAt ?? new Date()
    const { sql } = this
    await sql`
      /* worldTask */
      insert into task ${sql({
        id,
        kind: seed.kind ?? 'run',
        label: seed.label ?? 'sample',
        title: seed.title ?? 'A sample',
        state,
        result: resultFor(state, seed),
        reason: seed.reason ?? null,
        executorId: seed.executorId ?? null,
        epoch: seed.epoch ?? 1,
        lastSeq: seed.lastSeq ?? 0,
        progress: seed.progress ?? 0,
        priority: seed.priority ?? 0,
        region: seed.region ?? null,
        templateId: seed.templateId ?? null,
        ownerId: seed.ownerId ?? seed.owner?.userId ?? null,
        ownerName: seed.ownerName ?? seed.owner?.name ?? 'somebody',
        resolvers: [...(seed.resolvers ?? [])],
        resolverGroups: [...(seed.resolverGroups ?? [])],
        watchers: [...(seed.watchers ?? [])],
        watcherGroups: [...(seed.watcherGroups ?? [])],
        parentId: seed.parentId ?? null,
        parentStepNo: seed.parentStepNo ?? null,
        tags: sql.json(seed.tags ?? {}),
        errorSummary: seed.errorSummary ?? null,
        startAt: seed.startAt ?? null,
        startBefore: seed.startBefore ?? null,
        createdAt: at,
        startedAt: seed.startedAt ?? null,
        endedAt: seed.endedAt ?? null,
        stateUpdatedAt: seed.stateUpdatedAt ?? at,
      })}
    `
    for (const dependsOnId of seed.dependsOn ?? []) {
      await sql`/* worldDependency */ insert into task_dependency ${sql({ taskId: id, dependsOnId })}`
    }
    return id
  }

  async change(
    id: string,
    patch: Partial<Pick<TaskRow, 'state' | 'result' | 'reason' | 'title' | 'progress' | 'epoch'>>,
  ) {
    await this.sql`/* worldChange */ update task set ${this.sql(patch)} where id = ${id}`
  }

  /** Steps numbered from 0, named s0, s1, … with the given states. */
  async steps(taskId: string, states: readonly string[], more: { parentNo?: number; from?: number } = {}) {
    const { from = 0, parentNo } = more
    const rows = states.map((state, index) => ({
      taskId,
      no: from + index,
      name: `s${from + index}`,
      state,
      parentNo: parentNo ?? null,
      itemIndex: parentNo === undefined ? null : index,
      tryCount: state === 'TODO' ? 0 : 1,
      attemptNo: state === 'TODO' ? 0 : 1,
    }))
    await this.sql`/* worldSteps */ insert into step ${this.sql(rows)}`
  }

  async setStep(taskId: string, no: number, patch: { state?: string; attemptNo?: number }) {
    await this
      .sql`/* worldSetStep */ update step set ${this.sql(patch)} where task_id = ${taskId} and no = ${no}`
  }

  async attempts(taskId: string, stepNo: number, states: readonly string[]) {
    const at = new Date()
    const rows = states.map((state, index) => ({
      taskId,
      stepNo,
      no: index + 1,
      tryNo: index + 1,
      state,
      startedAt: at,
      endedAt: at,
    }))
    await this.sql`/* worldAttempts */ insert into attempt ${this.sql(rows)}`
  }

  /** Appends events and moves the task's last_seq, in one statement, as a flush does. Answers the last number. */
  async events(taskId: string, names: readonly string[], kind: EventKind = 'step'): Promise<number> {
    const [row] = await this.sql<{ lastSeq: number }[]>`
      /* worldEvents */
      with numbered as (
        update task
        set last_seq = last_seq + ${names.length}
        where id = ${taskId}
        returning last_seq
      ), added as (
        insert into event (task_id, seq, at, kind, name)
        select ${taskId}, numbered.last_seq - ${names.length} + one.place, now(), ${kind}, one.name
        from numbered, unnest(${[...names]}::text[]) with ordinality as one (name, place)
      )
      select last_seq
      from numbered
    `
    return row?.lastSeq ?? 0
  }

  /** Log chunks in clear, for PlainEngine; numbered from 1 within the attempt. */
  async output(taskId: string, stepNo: number, attemptNo: number, texts: readonly string[]) {
    await this.sql`
      /* worldOutput */
      insert into output (task_id, step_no, attempt_no, seq, stream, at, data)
      select
        ${taskId}, ${stepNo}, ${attemptNo},
        coalesce(
          (select max(seq) from output where task_id = ${taskId} and step_no = ${stepNo} and attempt_no = ${attemptNo}),
          0
        ) + one.place,
        'stdout', now(), convert_to(one.text, 'UTF8')
      from unnest(${[...texts]}::text[]) with ordinality as one (text, place)
    `
  }

  /** Tells all processes which tasks changed, as a flush does at its commit. */
  async announce(...taskIds: readonly string[]) {
    await announce(this.sql, channels.tasks, packIds(taskIds))
  }
}
