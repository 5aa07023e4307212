import { createRoute, z } from '@hono/zod-openapi'
import { limits } from '@stint/schema/limits'
import { outputStreams, stepStates, taskResults } from '@stint/schema/words'
import type { App } from '../base/app.ts'
import { isId } from '../base/ids.ts'
import { Problem } from '../base/problem.ts'
import type { Actor } from '../domains/access/model.ts'
import { access, openapi, problemAnswers } from './openapi.ts'
import { taskUrl } from './own-url.ts'
import { actorHere, type RestContext } from './request.ts'

/**
 * Tasks that another system runs: it opens one with an API token and gets a report token that is good for this task only;
 * with it, it tells what happens. Each report carries a number that rises, so a repeat after a lost answer changes nothing.
 */

const name = z.string().min(1).max(limits.nameLengthMax)
const title = z.string().min(1).max(limits.titleLengthMax)
const itemsMax = 1000

const OpenReport = z
  .object({
    label: name.openapi({ description: 'The stable name of this kind of work.' }),
    title: title.optional(),
    steps: z.array(z.object({ name }).strict()).max(limits.templateStepsMax).optional(),
    tags: z.record(z.string().max(200), z.string().max(limits.nameLengthMax)).optional(),
    watchers: z.array(name).max(100).optional(),
    timeoutHours: z
      .number()
      .min(0.01)
      .max(8760)
      .optional()
      .openapi({ description: 'Of silence, after which the task is stopped as report-lost.' }),
    idempotencyKey: z.string().min(1).max(200).optional(),
  })
  .strict()
  .openapi('OpenReport')

export type OpenReportRequest = z.infer<typeof OpenReport>

const StepReport = z
  .object({
    name,
    state: z.enum(stepStates),
    output: z.unknown().optional(),
    error: z.string().max(limits.textLengthMax).optional(),
  })
  .strict()

const Report = z
  .object({
    seq: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
    title: title.optional(),
    progress: z.number().min(0).max(1).optional(),
    steps: z.array(StepReport).max(itemsMax).optional(),
    log: z
      .array(
        z
          .object({
            step: name.optional(),
            text: z.string().max(limits.outputChunkBytesMax),
            stream: z.enum(outputStreams).optional(),
          })
          .strict(),
      )
      .max(itemsMax)
      .optional(),
    events: z
      .array(z.object({ name, data: z.record(z.string(), z.unknown()).optional() }).strict())
      .max(itemsMax)
      .optional(),
    state: z.literal('stopped').optional(),
    result: z.enum(taskResults).exclude(['pending']).optional(),
  })
  .strict()
  .refine((report) => (report.state === undefined) === (report.result === undefined), {
    message: 'state "stopped" and result come together',
    path: ['result'],
  })
  .openapi('Report')

export type ReportRequest = z.infer<typeof Report>

const OpenedReport = z
  .object({
    taskId: z.string(),
    reportToken: z.string().openapi({ description: 'Shown once; good for this task only.' }),
    url: z.string(),
  })
  .openapi('OpenedReport')

const Accepted = z
  .object({
    accepted: z.boolean().openapi({ description: 'False: this number was told before; nothing changed.' }),
  })
  .openapi('AcceptedReport')

/** What reports need from below; the right to open one was asked already, a report token is judged by the engine. */
export interface ReportVerbs {
  open(actor: Actor, request: OpenReportRequest): Promise<{ taskId: string; reportToken: string }>
  append(taskId: string, reportToken: string, report: ReportRequest): Promise<{ accepted: boolean }>
}

const routes = {
  open: createRoute({
    method: 'post',
    path: '/api/reports',
    summary: 'Open a task that another system runs and reports; needs task.report.',
    request: { body: { required: true, content: { 'application/json': { schema: OpenReport } } } },
    responses: {
      201: { description: 'It is open.', content: { 'application/json': { schema: OpenedReport } } },
      ...problemAnswers(400, 401, 403, 413, 503),
    },
  }),
  append: createRoute({
    method: 'post',
    path: '/api/reports/{taskId}',
    summary: 'Tell what happened: title, progress, steps, log lines, events, the end.',
    request: {
      params: z.object({ taskId: z.string() }),
      body: { required: true, content: { 'application/json': { schema: Report } } },
    },
    responses: {
      200: { description: 'It is stored.', content: { 'application/json': { schema: Accepted } } },
      ...problemAnswers(400, 401, 409, 413, 503),
    },
  }),
}

function reportTokenOf(c: RestContext): string {
  const token = /^bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (token !== undefined) return token
  throw new Problem('report-token-wrong', 'Send the report token of this task: authorization: Bearer …')
}

/** Opening reported tasks and reporting them. */
export function reportRoutes(app: App, verbs: ReportVerbs) {
  return openapi()
    .openapi({ ...routes.open, ...access(app, 'task.report') }, async (c) => {
      const opened = await verbs.open(actorHere(c), c.req.valid('json'))
      return c.json({ ...opened, url: taskUrl(app, c.get('facts'), opened.taskId) }, 201)
    })
    .openapi({ ...routes.append, ...access(app, 'report-token') }, async (c) => {
      const token = reportTokenOf(c)
      const { taskId } = c.req.valid('param')
      // The same answer for a task that is not there and for a wrong token: ids cannot be tried out.
      if (!isId(taskId)) throw new Problem('report-token-wrong', 'This token does not report this task.')
      return c.json(await verbs.append(taskId, token, c.req.valid('json')), 200)
    })
}
