import { CliError } from '../exit.ts'
import { nearName } from '../near-name.ts'
import { document } from '../server/document.ts'
import type { Column } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { safeText } from '../terminal/text.ts'

interface ActionLine {
  readonly type: string
  readonly description: string
  readonly idempotent: string
  readonly source: string
}

interface ActionDetail extends ActionLine {
  readonly documentation: string
  readonly configuration: unknown
  readonly output: unknown
  readonly metadata: unknown
  readonly resources: readonly string[]
  readonly example: string | null
}

const actionsDocument = document<{ actions: readonly ActionDetail[] }, Record<string, never>>(`
  query CliActions {
    actions {
      type description idempotent source documentation configuration output metadata resources example
    }
  }`)

/** The built-in ones were written down with the program; plug-ins are known only to the server that has them. */
async function allActions(terminal: Terminal, onServer: boolean): Promise<readonly ActionDetail[]> {
  if (onServer) return (await terminal.connection.query(actionsDocument, {})).actions
  const { default: known } = await import('@stint/schema/actions.json', { with: { type: 'json' } })
  return known.map((action) => ({ ...action, source: 'built-in' }))
}

const columns: Column<ActionLine>[] = [
  { title: 'TYPE', value: ({ type }) => type },
  { title: 'RUNS AGAIN', value: ({ idempotent }) => idempotent },
  { title: 'FROM', value: ({ source }) => source, minWidth: 8 },
  { title: 'DESCRIPTION', value: ({ description }) => description, minWidth: 20 },
]

interface Options {
  readonly server?: boolean
}

export async function listActions(terminal: Terminal, { server }: Options) {
  const actions = await allActions(terminal, server === true)
  if (terminal.isJson)
    terminal.printJson(
      actions.map(({ type, description, idempotent, source }) => ({ type, description, idempotent, source })),
    )
  else terminal.printTable(actions, columns, 'There are no actions.')
  return undefined
}

export async function showAction(terminal: Terminal, type: string, { server }: Options) {
  const actions = await allActions(terminal, server === true)
  const action = actions.find((each) => each.type === type)
  if (action === undefined) {
    const meant = nearName(
      type,
      actions.map((each) => each.type),
    )
    throw new CliError(`There is no action ${JSON.stringify(type)}${meant}`, {
      hint: server ? 'stint action list --server' : 'Of a plug-in? Ask the server: --server',
      code: 'not-found',
    })
  }
  if (terminal.isJson) terminal.printJson(action)
  else terminal.print(safeText(action.documentation, true).trimEnd())
  return undefined
}
