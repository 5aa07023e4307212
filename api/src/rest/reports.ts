import { createRoute, z } from '@hono/zod-openapi'
import { limits } from '@stint/schema/limits'
import { outputStreams, stepStates, taskResults } from '@stint/schema/words'
import type { App } from '../base/app.ts'
import { isId } from '../base/ids.ts'
import { Problem } from '../base/problem.ts'
import { readSettings } from '../domains/settings/read.ts'
import type { NewReport, OpenedReport } from '../engine/report.ts'
import type { ReportBody } from '../engine/report-change.ts'
import { access, openapi, problemAnswers } from './openapi.ts'
import { taskUrl } from './own-url.ts'
import { actorHere, type RestContext } from './request.ts'

/**
 * Tasks that another system runs: it opens one with an API token and gets a report token that is good for this task only;
 * with it, it tells what happens. Each report carries a number that rises, so a repeat after a lost answer changes nothing.
 */

/** Texts that PostgreSQL can store; what is shown as a text is cleaned by the engine instead. */
const dataDepthMax = 64
const isStorable = (text: string) => text.isWellFormed() && !text.includes('\0')
function isStorableData(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return isStorable(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth > dataDepthMax) return false
  return Object.entries(value).every(([key, each]) => isStorable(key) && isStorableData(each, depth + 1))
}
const storable = { message: 'must be well-formed Unicode without NUL, and not nested deeper than 64' }

const name = z.string().min(1).max(limits.nameLengthMax).refine(isStorable, storable)
const title = z.string().min(1).max(limits.titleLengthMax)
const data = z.record(z.string(), z.unknown()).refine((value) => isStorableData(value, 0), storable)
const itemsMax = 1000
/** The engine numbers the log lines of a report as seq * 1000 + line, in 31 bits. */
const seqMax = 2_000_000

const OpenReport = z
  .object({
    label: name.openapi({ description: 'The stable name of this kind of work.' }),
    title: title.optional().openapi({ description: 'What people read; the label when absent.' }),
    tags: z.record(name, name).optional(),
    timeoutHours: z.number().min(0.01).max(8760).optional().openapi({
      description: 'Of silence, after which the task is stopped as report-lost; else the setting.',
    }),
  })
  .strict()
  .openapi('OpenReport')

const StepReport = z
  .object({
    name,
    state: z.enum(stepStates),
    output: z.unknown().optional(),
    error: z.string().max(limits.textLengthMax).optional(),
  })
  .strict()

const ReportShape = z
  .object({
    seq: z.number().int().positive().max(seqMax),
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
      .array(z.object({ name, data: data.optional() }).strict())
      .max(itemsMax)
      .optional(),
    state: z.literal('stopped').optional(),
    result: z.enum(taskResults).exclude(['pending']).optional(),
    error: z.string().max(limits.textLengthMax).optional(),
  })
  .strict()
  .refine((report) => (report.state === undefined) === (report.result === undefined), {
    message: 'state "stopped" and result come together',
    path: ['result'],
  })
  .openapi('Report')

const Opened = z
  .object({
    taskId: z.string(),
    reportToken: z.string().openapi({ description: 'Shown once; good for this task only.' }),
    url: z.string(),
  })
  .openapi('OpenedReport')

const Stored = z
  .object({
    accepted: z.boolean().openapi({ description: 'False: this number was told before; nothing changed.' }),
  })
  .openapi('StoredReport')

/** What reports need of the engine; it judges report tokens itself. */
export interface ReportEngine {
  openReport(request: NewReport): Promise<OpenedReport>
  appendReport(taskId: string, token: string, body: ReportBody): Promise<boolean>
}

const routes = {
  open: createRoute({
    method: 'post',
    path: '/api/reports',
    summary: 'Open a task that another system runs and reports; needs task.report.',
    request: { body: { required: true, content: { 'application/json': { schema: OpenReport } } } },
    responses: {
      201: { description: 'It is open.', content: { 'application/json': { schema: Opened } } },
      ...problemAnswers(400, 401, 403, 413, 503),
    },
  }),
  append: createRoute({
    method: 'post',
    path: '/api/reports/{taskId}',
    summary: 'Tell what happened: title, progress, steps, log lines, events, the end.',
    request: {
      params: z.object({ taskId: z.string() }),
      body: { required: true, content: { 'application/json': { schema: ReportShape } } },
    },
    responses: {
      200: { description: 'It is stored.', content: { 'application/json': { schema: Stored } } },
      ...problemAnswers(400, 401, 409, 413, 503),
    },
  }),
}

function wrongToken(): Problem {
  return new Problem(
    'report-token-wrong',
    'Send the report token of this task: authorization: Bearer stint_report_…',
  )
}

function reportTokenOf(c: RestContext): string {
  const token = /^bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (token === undefined) throw wrongToken()
  return token
}

/** The same answer for a task that is not there and for a wrong token: nobody finds out ids here. */
async function append(
  engine: ReportEngine,
  taskId: string,
  token: string,
  body: ReportBody,
): Promise<boolean> {
  if (!isId(taskId)) throw wrongToken()
  try {
    return await engine.appendReport(taskId, token, body)
  } catch (error) {
    throw error instanceof Problem && error.code === 'not-found' ? wrongToken() : error
  }
}

/** Opening reported tasks and reporting them. */
export function reportRoutes(app: App, engine: ReportEngine) {
  return openapi()
    .openapi({ ...routes.open, ...access(app, 'task.report') }, async (c) => {
      const { userId: id, name: owner } = actorHere(c)
      const { label, title = label, tags, timeoutHours } = c.req.valid('json')
      const hours = timeoutHours ?? (await readSettings(app)).report_timeout_hours
      const opened = await engine.openReport({
        label,
        title,
        ...(tags && { tags }),
        owner: { id, name: owner },
        timeoutSeconds: Math.round(hours * 3600),
      })
      return c.json({ ...opened, url: taskUrl(app, c.get('facts'), opened.taskId) }, 201)
    })
    .openapi({ ...routes.append, ...access(app, 'report-token') }, async (c) => {
      const { state: _, ...body } = c.req.valid('json')
      const accepted = await append(engine, c.req.valid('param').taskId, reportTokenOf(c), body)
      return c.json({ accepted }, 200)
    })
}
