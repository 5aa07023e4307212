import type { Finding, Template } from '@stint/schema/template-types'
import { type Actor, can } from '../access/model.ts'

/** Shipped with the program, read from a configured folder, or saved by a person. */
export type TemplateSource = 'shipped' | 'folder' | 'saved'

/**
 * One version of a template. Text and definition never change: a task keeps the version it started with. `blocked` may be
 * set by a person and counts for the newest version; `retiredAt` says that the file is gone, so that nothing new starts.
 */
export interface TemplateRow {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly source: TemplateSource
  /** SHA-256 of the text. */
  readonly digest: string
  readonly text: string
  readonly definition: Template
  readonly description: string
  readonly hidden: boolean
  readonly blocked: boolean
  readonly isLatest: boolean
  readonly retiredAt: Date | null
  readonly createdAt: Date
  readonly createdBy: string
}

export interface NewVersion {
  readonly source: TemplateSource
  readonly text: string
  readonly digest: string
  readonly definition: Template
  readonly createdBy: string
}

/** A text that the checker has read; `template` is absent when there are errors. */
export interface CheckedText {
  readonly template?: Template
  readonly findings: readonly Finding[]
}

/** The checker with all that this process knows: its actions, functions and configuration items. Never rejects for a text. */
export type TemplateCheck = (text: string) => Promise<CheckedText>

/** Hidden templates and those whose file is gone are for those who manage templates. */
export function isVisibleTemplate(
  actor: Actor | undefined,
  template: Pick<TemplateRow, 'hidden' | 'retiredAt'>,
): boolean {
  if (can(actor, 'template.manage')) return true
  return can(actor, 'template.view') && !template.hidden && template.retiredAt === null
}

/** Why this person cannot start this version now; undefined when he can. */
export function whyNotRun(actor: Actor | undefined, template: TemplateRow): string | undefined {
  if (!can(actor, 'task.create')) return 'You need the permission task.create to start tasks.'
  if (template.retiredAt !== null)
    return 'Its file is gone from the templates folder, so nothing new starts from it.'
  if (template.blocked) return 'It is blocked: nothing can be started from it now.'
  return undefined
}
