import { createRoute, z } from '@hono/zod-openapi'
import { limits } from '@stint/schema/limits'
import { taskResults, taskStates } from '@stint/schema/words'
import type { App } from '../base/app.ts'
import type { Actor } from '../domains/access/model.ts'
import type { TaskRow } from '../domains/tasks/model.ts'
import { access, openapi, problemAnswers } from './openapi.ts'
import { taskUrl } from './own-url.ts'
import { actorHere } from './request.ts'

const CreateTask = z
  .object({
    template: z.string().min(1).max(limits.nameLengthMax),
    version: z.number().int().positive().optional(),
    input: z.record(z.string(), z.unknown()).optional(),
    tags: z.record(z.string(), z.string()).optional(),
    comment: z.string().max(limits.textLengthMax).optional(),
    idempotencyKey: z.string().min(1).max(200).optional(),
    wait: z
      .number()
      .int()
      .min(0)
      .max(limits.syncWaitSecondsMax)
      .optional()
      .openapi({ description: 'Seconds: answer when the task has stopped or paused, or the time is over.' }),
  })
  .strict()
  .openapi('CreateTask')

export type CreateTaskRequest = z.infer<typeof CreateTask>

const CreatedTask = z
  .object({
    taskId: z.string(),
    title: z.string(),
    state: z.enum(taskStates),
    result: z.enum(taskResults),
    isNew: z.boolean().openapi({ description: 'False: the idempotency key named a task that was there.' }),
    url: z.string().openapi({ description: 'Its page.' }),
  })
  .openapi('CreatedTask')

/** What creating needs from below: finding the template, and domains/tasks/create. */
export interface TaskVerbs {
  create(
    actor: Actor,
    request: CreateTaskRequest,
  ): Promise<{ task: Pick<TaskRow, 'id' | 'title' | 'state' | 'result'>; isNew: boolean }>
}

const create = createRoute({
  method: 'post',
  path: '/api/tasks',
  summary:
    'Start a task from a template; needs task.create. GraphQL says everything there is to say about a task.',
  request: { body: { required: true, content: { 'application/json': { schema: CreateTask } } } },
  responses: {
    200: { description: 'It was there already.', content: { 'application/json': { schema: CreatedTask } } },
    201: { description: 'It is stored.', content: { 'application/json': { schema: CreatedTask } } },
    ...problemAnswers(400, 401, 403, 404, 409, 413, 422, 503),
  },
})

/** The one-line way to start a task: curl with a token. */
export function taskRoutes(app: App, verbs: TaskVerbs) {
  return openapi().openapi({ ...create, ...access(app, 'task.create') }, async (c) => {
    const { task, isNew } = await verbs.create(actorHere(c), c.req.valid('json'))
    const { id: taskId, title, state, result } = task
    const url = taskUrl(app, c.get('facts'), taskId)
    c.header('location', url)
    return c.json({ taskId, title, state, result, isNew, url }, isNew ? 201 : 200)
  })
}
