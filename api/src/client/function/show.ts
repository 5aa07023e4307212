import { CliError } from '../exit.ts'
import { nearName } from '../near-name.ts'
import { document } from '../server/document.ts'
import type { Column } from '../terminal/table.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { coloured, safeText } from '../terminal/text.ts'

interface FunctionLine {
  readonly name: string
  readonly version: number
  readonly description: string
  readonly action: string
  readonly usedBy: readonly string[]
}

interface FunctionDetail extends FunctionLine {
  readonly arguments: readonly string[]
  readonly customStates: readonly string[]
  readonly source: string
  readonly text: string
  readonly createdAt: string
}

const line = 'name version description action usedBy'

export const functionsDocument = document<{ functions: readonly FunctionLine[] }, Record<string, never>>(
  `query CliFunctions { functions { ${line} } }`,
)

export const functionDocument = document<{ function: FunctionDetail | null }, { name: string }>(`
  query CliFunction($name: String!) {
    function(name: $name) { ${line} arguments customStates source text createdAt }
  }`)

const columns: Column<FunctionLine>[] = [
  { title: 'NAME', value: ({ name }) => name, minWidth: 12 },
  { title: 'VERSION', value: ({ version }) => String(version), align: 'right' },
  { title: 'RUNS', value: ({ action }) => action },
  { title: 'CALLED BY', value: ({ usedBy }) => String(usedBy.length), align: 'right' },
  { title: 'DESCRIPTION', value: ({ description }) => description, minWidth: 20 },
]

export async function listFunctions(terminal: Terminal) {
  const { functions } = await terminal.connection.query(functionsDocument, {})
  if (terminal.isJson) terminal.printJson(functions)
  else terminal.printTable(functions, columns, 'There are no functions.')
  return undefined
}

export async function showFunction(terminal: Terminal, name: string, options: { readonly text?: boolean }) {
  const { function: found } = await terminal.connection.query(functionDocument, { name })
  if (found === null) {
    const { functions } = await terminal.connection.query(functionsDocument, {})
    const meant = nearName(
      name,
      functions.map((each) => each.name),
    )
    throw new CliError(`There is no function ${JSON.stringify(name)}${meant}`, {
      hint: 'stint function list',
      code: 'not-found',
    })
  }
  if (options.text === true) process.stdout.write(found.text)
  else if (terminal.isJson) terminal.printJson(found)
  else {
    terminal.print(coloured(safeText(found.name), 'bold'))
    terminal.printFacts([
      ['Version', `${found.version}, from ${found.source}, at ${found.createdAt}`],
      ['Description', found.description],
      ['Runs', found.action],
      ['Needs', found.arguments.join(', ') || undefined],
      ['States', found.customStates.join(', ') || undefined],
      ['Called by', found.usedBy.join(', ') || undefined],
    ])
  }
  return undefined
}
