import { CliError, usageError } from '../exit.ts'
import { ask } from '../terminal/prompt.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { enumOf } from '../terminal/text.ts'
import {
  consequencesDocument,
  type Dangerous,
  forceCancelDocument,
  forceUnlockDocument,
  unlockDocument,
} from './control-documents.ts'
import type { TaskLine } from './documents.ts'
import { findTaskId, notFound } from './id.ts'
import { printTask } from './list.ts'

const documents = {
  'force-cancel': forceCancelDocument,
  unlock: unlockDocument,
  'force-unlock': forceUnlockDocument,
}

interface DangerousOptions {
  readonly reason?: string
  readonly yes?: boolean
}

/** Shows what would follow and asks; a script says --yes. */
async function confirm(terminal: Terminal, taskId: string, verb: string): Promise<void> {
  const { task } = await terminal.connection.query(consequencesDocument, { id: taskId, verb: enumOf(verb) })
  if (task === null) throw notFound(taskId)
  terminal.note(`${verb}: ${task.title}`)
  for (const sentence of task.consequences) terminal.note(`  ${sentence}`)
  const answer = await ask('Type yes to go on', 'Say --yes when you have read the consequences.')
  if (answer !== 'yes') throw new CliError('Nothing was done.')
}

export function dangerousVerb(name: keyof typeof documents) {
  return async (terminal: Terminal, text: string, { reason, yes }: DangerousOptions) => {
    if (!reason) throw usageError('A reason is needed: it stands on the audit record.', '-m "why"')
    const taskId = await findTaskId(terminal.connection, text)
    if (yes !== true) await confirm(terminal, taskId, name)
    const input = { taskId, reason, confirm: true }
    const answer = await terminal.connection.query<object, Dangerous>(documents[name], { input })
    printTask(terminal, Object.values(answer)[0] as TaskLine)
    return 0
  }
}
