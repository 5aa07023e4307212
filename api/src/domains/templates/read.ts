import { normalisedName } from '@stint/schema/template-name'
import type { Template } from '@stint/schema/template-types'
import type { App } from '../../base/app.ts'
import { isId } from '../../base/ids.ts'
import { cutPage, type Page } from '../../base/page.ts'
import { Problem } from '../../base/problem.ts'
import { type Actor, can, demand } from '../access/model.ts'
import { isVisibleTemplate, type TemplateRow, whyNotRun } from './model.ts'
import { noSuchTemplate } from './save.ts'
import { findDefinition, findTemplate, latestTemplates } from './store.ts'

/** A page of the newest versions by name, behind the name `after`. Needs `template.view`. */
export async function listTemplates(
  app: App,
  actor: Actor | undefined,
  page: { readonly after?: string; readonly size: number },
): Promise<Page<TemplateRow>> {
  demand(actor, 'template.view')
  const all = can(actor, 'template.manage')
  return cutPage(await latestTemplates(app.sql, { ...page, all }), page.size)
}

/** The newest version or the one that is asked for; undefined when there is none or the actor may not see it. */
export async function readTemplate(
  app: App,
  actor: Actor | undefined,
  name: string,
  version?: number,
): Promise<TemplateRow | undefined> {
  const row = await findTemplate(app.sql, normalisedName(name), version)
  return row !== undefined && isVisibleTemplate(actor, row) ? row : undefined
}

/**
 * The version that a new task of this actor starts from. Throws `not-found`, `forbidden` without `task.create`, and
 * `template-blocked`; an older version can be started as long as the template itself can.
 */
export async function templateToStart(
  app: App,
  actor: Actor | undefined,
  name: string,
  version?: number,
): Promise<TemplateRow> {
  demand(actor, 'task.create')
  const latest = await readTemplate(app, actor, name)
  const row = version === undefined ? latest : await readTemplate(app, actor, name, version)
  if (latest === undefined || row === undefined) throw noSuchTemplate(name)
  const why = whyNotRun(actor, latest)
  if (why === undefined) return row
  throw new Problem('template-blocked', `The template ${row.name} cannot be started. ${why}`, {
    details: { template: row.name },
  })
}

/**
 * The newest version as a step of a task starts it, hidden or not: hiding keeps a template out of people's lists. `blocked` also
 * when its file is gone. Asked in nobody's name: what the owner of the task may is judged by who asks.
 */
export async function templateForSteps(
  app: App,
  name: string,
): Promise<Pick<TemplateRow, 'id' | 'definition' | 'blocked'> | undefined> {
  const row = await findTemplate(app.sql, normalisedName(name))
  return row && { id: row.id, definition: row.definition, blocked: row.blocked || row.retiredAt !== null }
}

/** Versions never change, so what was read once is right for ever; bounded, because there may be many. */
export class TemplateDefinitions {
  readonly #app: App
  readonly #known = new Map<string, Template>()

  constructor(app: App) {
    this.#app = app
  }

  /** What the engine runs. Throws `not-found`. */
  async of(id: string): Promise<Template> {
    const known = this.#known.get(id)
    if (known !== undefined) return known
    const found = isId(id) ? await findDefinition(this.#app.sql, id) : undefined
    if (found === undefined) {
      throw new Problem('not-found', 'There is no such template version.', {
        details: { type: 'Template', id },
      })
    }
    if (this.#known.size >= 200) this.#known.delete(this.#known.keys().next().value as string)
    this.#known.set(id, found)
    return found
  }
}
