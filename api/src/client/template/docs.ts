import { additions, additionsMarkdown } from '@stint/schema/template-additions'
import type { Terminal } from '../terminal/terminal.ts'

/** What the template language has beyond µTask's; actions are described by `stint action show`. */
export async function templateDocs(terminal: Terminal): Promise<undefined> {
  if (terminal.isJson) terminal.printJson(additions)
  else terminal.print(additionsMarkdown())
  return undefined
}
