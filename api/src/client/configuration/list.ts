import { document } from '../server/document.ts'
import type { Column } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'

interface Item {
  readonly name: string
  readonly source: string
  readonly allowed: boolean
  readonly updatedAt: string | null
}

export const configurationDocument = document<{ configurationItems: readonly Item[] }, Record<string, never>>(
  'query CliConfiguration { configurationItems { name source allowed updatedAt } }',
)

const columns: Column<Item>[] = [
  { title: 'ITEM', value: ({ name }) => name, minWidth: 12 },
  { title: 'FROM', value: ({ source }) => source },
  { title: 'TEMPLATES', value: ({ allowed }) => (allowed ? 'may read it' : 'may not') },
  { title: 'CHANGED', value: ({ updatedAt }) => updatedAt ?? '' },
]

/** Values are never asked for: the server does not tell them. */
export async function listConfiguration(terminal: Terminal) {
  const { configurationItems } = await terminal.connection.query(configurationDocument, {})
  if (terminal.isJson) terminal.printJson(configurationItems)
  else terminal.printTable(configurationItems, columns, 'There are no configuration items.')
  return undefined
}
