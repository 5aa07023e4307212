import type { App } from '../../base/app.ts'
import { Problem } from '../../base/problem.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { type Actor, demand } from '../access/model.ts'
import { record } from '../audit/store.ts'
import { digestOf } from './digest.ts'
import type { TemplateCheck, TemplateRow } from './model.ts'
import { addVersion, findTemplate, lockTemplates, setBlocked } from './store.ts'

export interface SavedTemplate {
  readonly template: TemplateRow
  /** False: the newest version has this very text. */
  readonly isNewVersion: boolean
}

/**
 * Saves a text as the newest version of the template that it names; tasks that run keep theirs. Needs `template.manage`.
 * Throws `invalid-template` with the findings of the checker; then nothing is written.
 */
export async function saveTemplate(
  app: App,
  check: TemplateCheck,
  actor: Actor | undefined,
  text: string,
): Promise<SavedTemplate> {
  demand(actor, 'template.manage')
  const { template: definition, findings } = await check(text)
  if (definition === undefined) {
    const errors = findings.filter((finding) => finding.severity === 'error').length
    const sentence = `The template has ${errors === 1 ? 'an error' : `${errors} errors`}; mend what the findings name.`
    throw new Problem('invalid-template', sentence, { details: { findings } })
  }
  const digest = digestOf(text)
  return inTransaction(app.sql, async (tx) => {
    await lockTemplates(tx)
    const before = await findTemplate(tx, definition.name)
    if (before?.digest === digest && before.retiredAt === null)
      return { template: before, isNewVersion: false }
    const template = await addVersion(tx, {
      source: 'saved',
      text,
      digest,
      definition,
      createdBy: actor.name,
    })
    await record(tx, actor, [
      {
        action: 'template.save',
        subjectType: 'template',
        subjectId: template.name,
        details: { version: template.version, digest },
      },
    ])
    return { template, isNewVersion: true }
  })
}

/**
 * Stops a template from being started, or lets it again; tasks that run go on. Needs `template.manage`.
 * Throws `not-found`, and `not-allowed-now` for a template whose file is gone.
 */
export async function setTemplateBlocked(
  app: App,
  actor: Actor | undefined,
  name: string,
  blocked: boolean,
): Promise<TemplateRow> {
  demand(actor, 'template.manage')
  return inTransaction(app.sql, async (tx) => {
    await lockTemplates(tx)
    const before = await findTemplate(tx, name)
    if (before === undefined) throw noSuchTemplate(name)
    if (before.blocked === blocked) return before
    if (!blocked && before.retiredAt !== null) {
      throw new Problem(
        'not-allowed-now',
        'The file of this template is gone; it comes back with the file.',
        {
          details: { state: 'retired', reason: 'file-gone' },
        },
      )
    }
    const template = await setBlocked(tx, name, blocked)
    await record(tx, actor, [
      {
        action: blocked ? 'template.block' : 'template.unblock',
        subjectType: 'template',
        subjectId: name,
      },
    ])
    return template as TemplateRow
  })
}

/** The same answer for a template that does not exist and for one that may not be seen. */
export function noSuchTemplate(name: string): Problem {
  return new Problem('not-found', `There is no template "${name}", or you may not see it.`, {
    details: { type: 'Template', id: name },
  })
}
