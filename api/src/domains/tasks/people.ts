import { type Actor, demand } from '../access/model.ts'
import { groupNames, normalName } from '../access/names.ts'
import { isTemplateOwner } from './approval.ts'
import { type CommandParts, demandTask } from './command.ts'
import { InputProblem } from './input-problem.ts'
import type { TaskRow } from './model.ts'
import { problemsOfRequest } from './new-task.ts'
import { verbFactsOf } from './verb-facts.ts'
import { rules } from './verb-rules.ts'
import { demandVerb } from './verbs.ts'

/** Each list that is given replaces the one that stands. */
export interface People {
  readonly watchers?: readonly string[] | null
  readonly watcherGroups?: readonly string[] | null
  readonly resolvers?: readonly string[] | null
  readonly resolverGroups?: readonly string[] | null
}

function checked({ watchers, watcherGroups, resolvers, resolverGroups }: People) {
  const problems = problemsOfRequest({ watchers, resolvers })
  if (problems.length > 0) throw new InputProblem(problems)
  const names = (list: readonly string[]) => [...new Set(list.map(normalName))].sort()
  return {
    ...(watchers && { watchers: names(watchers) }),
    ...(watcherGroups && { watcherGroups: groupNames(watcherGroups) }),
    ...(resolvers && { resolvers: names(resolvers) }),
    ...(resolverGroups && { resolverGroups: groupNames(resolverGroups) }),
  }
}

/**
 * Names who else sees a task and who resolves it, also of one that is over. Watchers are named by whoever commands the task;
 * resolvers only by an administrator or an owner of the template: everybody else could name himself.
 * Throws `InputProblem`, `not-found`, `forbidden`.
 */
export async function setPeople(
  { app, engine }: CommandParts,
  actor: Actor | undefined,
  taskId: string,
  people: People,
): Promise<TaskRow> {
  demand(actor, 'task.view')
  const task = await demandTask(app, actor, taskId)
  const facts = await verbFactsOf(app, actor, task)
  const namesResolvers = Boolean(people.resolvers ?? people.resolverGroups)
  const isOwner = isTemplateOwner(actor, facts.template)
  if (!isOwner) demandVerb('set-people', actor, task, facts)
  const refused = namesResolvers ? rules['set-step-state'].who(actor, task, facts) : undefined
  if (refused !== undefined) throw refused
  const next = checked(people)
  await engine.note(taskId, {
    event: { kind: 'command', name: 'set-people', actor: actor.name, data: { ...next } },
    people: next,
  })
  return demandTask(app, actor, taskId)
}
