import { setImmediate } from 'node:timers/promises'
import { limits } from '@stint/schema/limits'
import { Problem } from '../base/problem.ts'
import type { Sql } from '../postgres/connect.ts'
import { ActionError } from './action.ts'
import type { Birth } from './change.ts'
import type { ChildDoor, ChildRequest, ParentStep } from './child-door.ts'
import type { Executor } from './executor.ts'
import type { Reader } from './read.ts'
import { conceive, type NewTask } from './start.ts'
import { countChildren, findNewestChildren, outlineChildren } from './store/child.ts'
import { findTasks } from './store/task.ts'

/** What the owner of a task may start from its steps: the same order as the requests. Throws Problem for one that he may not, or that does not fit. */
export type ChildTasks = (
  owner: { readonly id: string | undefined; readonly name: string },
  requests: readonly ChildRequest[],
) => Promise<readonly NewTask[]>

export interface ChildParts {
  readonly sql: Sql
  readonly reader: Reader
  /** Absent: nothing can be started. */
  readonly childTasks?: ChildTasks
}

const noChildTasks: ChildTasks = () =>
  Promise.reject(new Problem('invalid-request', 'This engine knows no templates that a step could start.'))

/** The door to the children of one step; see child-door. */
export function openChildDoor(parts: ChildParts, executor: Executor, parent: ParentStep): ChildDoor {
  const { sql, reader } = parts
  return {
    conceive: (group, requests) => births(parts, executor, parent, group, requests),
    check: async (requests) => {
      await allowed(() => (parts.childTasks ?? noChildTasks)(ownerOf(parent), requests))
    },
    counts: () => countChildren(sql, parent),
    outline: () => outlineChildren(sql, parent),
    newest: (choice) => findNewestChildren(sql, parent, choice),
    resultOf: async (childId) => {
      const [row] = await findTasks(sql, [childId])
      return (row && (await reader.values(row))?.outcome) ?? null
    },
  }
}

async function births(
  { childTasks = noChildTasks }: ChildParts,
  executor: Executor,
  parent: ParentStep,
  group: number,
  requests: readonly ChildRequest[],
): Promise<readonly Birth[]> {
  const depth = parent.depth + 1
  if (depth > limits.taskDepthMax) {
    throw new ActionError(
      'client',
      `Tasks can be nested ${limits.taskDepthMax} deep; this one is at the bottom. Does a template start itself?`,
    )
  }
  const tasks = await allowed(() => childTasks(ownerOf(parent), requests))
  const result: Birth[] = []
  for (const [at, task] of tasks.entries()) {
    // A thousand of them are sealed and rendered here: others get their turn in between.
    if (at % 100 === 99) await setImmediate()
    const { index, startAt } = requests[at] as ChildRequest
    const request: NewTask = {
      ...task,
      ...(startAt && { startAt }),
      ...(task.region === undefined && parent.region !== undefined && { region: parent.region }),
      parent: {
        id: parent.taskId,
        stepNo: parent.stepNo,
        group,
        index,
        depth,
        stopsWithParent: parent.stopsChildren,
      },
    }
    const plan = task.templateId
      ? await executor.planOf(task.templateId)
      : executor.planOfDefinition(task.template)
    result.push(conceive(executor, request, plan).birth)
  }
  return result
}

function ownerOf({ ownerId, ownerName }: ParentStep) {
  return { id: ownerId, name: ownerName }
}

/** What a person would be told in a form is the failure of the step: no retry would help. */
async function allowed<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof Problem) || error.retryable) throw error
    const { fields } = error.details as { fields?: readonly { name: string; message: string }[] }
    const message = fields?.map((field) => `${field.name}: ${field.message}`).join(' ') ?? error.message
    throw new ActionError('client', message, { cause: error })
  }
}
