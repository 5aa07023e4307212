import { isDeepStrictEqual } from 'node:util'
import type { App } from '../../base/app.ts'
import { inTransaction } from '../../postgres/transaction.ts'
import { type FaultyFile, faultSentence } from '../functions/faulty.ts'
import type { TemplateCheck } from './model.ts'
import { addVersion, callingTemplates, lockTemplates } from './store.ts'

export interface RenewedTemplates {
  /** Names of those that have a new version. */
  readonly renewed: readonly string[]
  /** What does not fit its functions any more; its last version, with the functions of then, stays in force. */
  readonly faulty: readonly FaultyFile[]
}

/**
 * Gives templates whose functions have changed a new version with the same text. A template carries the functions that it calls,
 * because a task keeps what it started with: without a new version new tasks would go on with the old functions, and with
 * functions looked up at the start nobody could tell later what a task has run.
 */
export async function renewTemplates(app: App, check: TemplateCheck): Promise<RenewedTemplates> {
  const faulty: FaultyFile[] = []
  const renewed: string[] = []
  for (const before of await callingTemplates(app.sql)) {
    const { template, findings } = await check(before.text)
    if (template === undefined) {
      faulty.push({ path: before.name, message: faultSentence('template', findings), findings })
    } else if (!isDeepStrictEqual(plainOf(template.functions), plainOf(before.definition.functions))) {
      const { source, text, digest } = before
      await inTransaction(app.sql, async (tx) => {
        await lockTemplates(tx)
        const still = (await callingTemplates(tx)).find((row) => row.id === before.id)
        // Somebody else was quicker, or saved another text.
        if (still === undefined) return
        await addVersion(tx, { source, text, digest, definition: template, createdBy: 'functions' })
        renewed.push(before.name)
      })
    }
  }
  return { renewed, faulty }
}

/** As it is stored: without keys that say nothing. */
function plainOf(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value))
}
