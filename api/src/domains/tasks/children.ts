import { normalisedName } from '@stint/schema/template-name'
import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import type { ChildRequest } from '../../engine/child-door.ts'
import type { NewTask } from '../../engine/start.ts'
import { type Actor, systemActor } from '../access/model.ts'
import { findActor } from '../access/owner.ts'
import { demandUnblocked, newTaskOf, type StartedTemplate } from './create.ts'

/** The newest version of a template, as steps start it; undefined when there is none. */
export type StartableTemplate = (name: string) => Promise<StartedTemplate | undefined>

interface Owner {
  readonly id: string | undefined
  readonly name: string
}

async function actorOf(app: App, owner: Owner): Promise<Actor> {
  if (owner.id === systemActor.userId) return systemActor
  const actor = owner.id === undefined ? undefined : await findActor(app, owner.id)
  if (actor?.permissions.has('task.create')) return actor
  throw new Problem(
    'forbidden',
    `${owner.name}, who owns this task, may not start tasks (any more); its steps may start none either.`,
    { details: { permission: 'task.create' } },
  )
}

/**
 * What the owner of a task may start from its steps, as if he had asked for each himself: his permissions, the newest version of
 * the template, its inputs checked, the same rules for who must approve. In the order of the requests.
 * Throws `forbidden`, `not-found`, `template-blocked`, `invalid-input`.
 */
export async function childTasks(
  app: App,
  templateOf: StartableTemplate,
  owner: Owner,
  requests: readonly ChildRequest[],
): Promise<NewTask[]> {
  const actor = await actorOf(app, owner)
  const templates = new Map<string, StartedTemplate>()
  for (const { template } of requests) {
    const name = normalisedName(template)
    if (templates.has(name)) continue
    const found = await templateOf(name)
    if (!found) {
      throw new Problem('not-found', `There is no template ${JSON.stringify(template)}.`, {
        details: { type: 'Template', id: template },
      })
    }
    demandUnblocked(found)
    templates.set(name, found)
  }
  return requests.map(({ template, index: _, startAt, ...request }) => ({
    ...newTaskOf(
      actor,
      templates.get(normalisedName(template)) as StartedTemplate,
      { ...request, startAt: startAt ?? null },
      'template',
    ),
    // The name it was asked for under: who was renamed since still owns what his task starts.
    owner: { id: actor.userId, name: owner.name },
  }))
}
