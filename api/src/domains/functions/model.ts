import type { TemplateFunction } from '@stint/schema/template-types'

/** Functions by name, as the checker takes them. */
export type Functions = ReadonlyMap<string, TemplateFunction>

/**
 * One version of a function: an action that templates call by its name. Text and definition never change; `retiredAt` says that
 * the file is gone. Templates carry the functions they call, so a new version of a function makes new versions of those
 * templates, and what runs keeps what it started with.
 */
export interface FunctionRow {
  readonly id: string
  readonly name: string
  readonly version: number
  /** The file within its folder. */
  readonly source: string
  /** SHA-256 of the text. */
  readonly digest: string
  readonly text: string
  readonly definition: TemplateFunction
  readonly description: string
  readonly retiredAt: Date | null
  readonly createdAt: Date
}
