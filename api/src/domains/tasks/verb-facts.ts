import type { App } from '../../base/app.ts'
import { type Actor, can } from '../access/model.ts'
import { readSettings } from '../settings/read.ts'
import { templatesByIds } from '../templates/store.ts'
import type { TemplateRights } from './approval.ts'
import type { TaskRow } from './model.ts'
import type { VerbFacts } from './verb-rules.ts'

type ReadRights = (templateId: string) => Promise<TemplateRights | undefined>

/** What a judgement about this task needs. The template is only asked where its word could change the answer. */
export async function verbFactsOf(
  app: App,
  actor: Actor | undefined,
  { templateId }: TaskRow,
  readRights: ReadRights = (id) => rightsOf(app, id),
): Promise<VerbFacts> {
  const { allow_dangerous_actions: allowDangerous } = await readSettings(app)
  const isAsked = templateId !== null && can(actor, 'task.resolve') && !can(actor, 'task.edit')
  return { allowDangerous, template: isAsked ? await readRights(templateId) : undefined }
}

async function rightsOf({ sql }: App, templateId: string): Promise<TemplateRights | undefined> {
  const [row] = await templatesByIds(sql, [templateId])
  return row?.definition
}
