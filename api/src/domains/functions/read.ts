import type { App } from '../../base/app.ts'
import type { Functions } from './model.ts'
import { latestFunctions } from './store.ts'

/** An editor asks with every pause of the typing; so long the answer of a moment ago is good enough. */
const keepMs = 2000

/** What templates of this installation may call, for the checker. */
export class KnownFunctions {
  readonly #app: App
  #known: { readonly functions: Promise<Functions>; readonly untilMs: number } | undefined

  constructor(app: App) {
    this.#app = app
  }

  now(): Promise<Functions> {
    const now = this.#app.clock.monotonicMs()
    if (this.#known !== undefined && this.#known.untilMs > now) return this.#known.functions
    const functions = this.#read()
    this.#known = { functions, untilMs: now + keepMs }
    functions.catch(() => this.forget())
    return functions
  }

  forget(): void {
    this.#known = undefined
  }

  async #read(): Promise<Functions> {
    const rows = await latestFunctions(this.#app.sql)
    return new Map(rows.map(({ definition }) => [definition.name, definition]))
  }
}
