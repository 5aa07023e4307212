import { CliError, usageError } from '../exit.ts'
import { nearName } from '../near-name.ts'
import { document } from '../server/document.ts'
import type { Column } from '../terminal/table.ts'
import { type CommonOptions, countOption, type Terminal } from '../terminal/terminal.ts'
import { agoText, wordOf } from '../terminal/text.ts'

interface Figures {
  readonly name: string
  readonly capacity: number | null
  readonly holderCount: number
  readonly waiterCount: number
}

interface Use {
  readonly task: {
    readonly uuid: string
    readonly title: string
    readonly state: string
    readonly owner: string
  }
  readonly stepNo: number | null
  readonly mode: string
  readonly operation: string | null
  readonly since: string
  readonly position: number | null
}

interface Detail extends Figures {
  readonly holders: readonly Use[]
  readonly waiters: readonly Use[]
  readonly tasks: { readonly edges: readonly unknown[] }
}

const listDocument = document<
  { resources: { edges: { node: Figures }[] } },
  { text?: string; onlyBusy: boolean; first: number }
>(
  `query CliResources($text: String, $onlyBusy: Boolean, $first: Int) {
    resources(text: $text, onlyBusy: $onlyBusy, first: $first) {
      edges { node { name capacity holderCount waiterCount } }
    }
  }`,
)

const use = 'task { uuid title state owner } stepNo mode operation since position'
const showDocument = document<{ resource: Detail | null }, { name: string }>(
  `query CliResource($name: String!) {
    resource(name: $name) {
      name capacity holderCount waiterCount holders { ${use} } waiters { ${use} }
      tasks(first: 1) { edges { node { uuid } } }
    }
  }`,
)

const listColumns: Column<Figures>[] = [
  { title: 'RESOURCE', value: ({ name }) => name, minWidth: 12 },
  { title: 'HELD', value: ({ holderCount }) => String(holderCount), align: 'right' },
  { title: 'OF', value: ({ capacity }) => (capacity === null ? '' : String(capacity)), align: 'right' },
  {
    title: 'WAITING',
    value: ({ waiterCount }) => (waiterCount === 0 ? '' : String(waiterCount)),
    align: 'right',
  },
]

function useColumns(nowMs: number): Column<Use>[] {
  return [
    { title: 'NO', value: ({ position }) => (position === null ? '' : String(position)), align: 'right' },
    { title: 'TASK', value: ({ task }) => task.uuid },
    { title: 'STATE', value: ({ task }) => wordOf(task.state) },
    {
      title: 'MODE',
      value: ({ mode, operation }) => `${wordOf(mode)}${operation === null ? '' : ` ${operation}`}`,
    },
    { title: 'SINCE', value: ({ since }) => agoText(since, nowMs) },
    { title: 'OWNER', value: ({ task }) => task.owner },
    {
      title: 'TITLE',
      value: ({ task, stepNo }) => `${task.title}${stepNo === null ? '' : ` (step ${stepNo})`}`,
    },
  ]
}

export async function listResources(
  terminal: Terminal,
  text: string | undefined,
  { all, limit }: CommonOptions & { all?: boolean; limit: string },
) {
  const answer = await terminal.connection.query(listDocument, {
    ...(text !== undefined && { text }),
    onlyBusy: !all,
    first: countOption('--limit', 1, 100)(limit),
  })
  const rows = answer.resources.edges.map(({ node }) => node)
  if (terminal.isJson) terminal.printJson(rows)
  else terminal.printTable(rows, listColumns, 'Nothing is held or waited for.')
  return undefined
}

/** A name is a resource because a task names it, or because there is a limit of that name. */
function isKnown({ capacity, holderCount, waiterCount, tasks }: Detail): boolean {
  return capacity !== null || holderCount + waiterCount > 0 || tasks.edges.length > 0
}

async function unknown({ connection }: Terminal, name: string): Promise<CliError> {
  const { resources } = await connection.query(listDocument, { onlyBusy: false, first: 100 })
  const names = resources.edges.map(({ node }) => node.name)
  return new CliError(`No task names the resource ${JSON.stringify(name)}${nearName(name, names)}`, {
    code: 'not-found',
    hint: 'Those that tasks name: stint resource list --all',
  })
}

export async function showResource(terminal: Terminal, name: string) {
  const { resource } = await terminal.connection.query(showDocument, { name })
  if (!resource) throw usageError(`${JSON.stringify(name)} names no resource.`, 'Write it like host/db1.')
  if (!isKnown(resource)) throw await unknown(terminal, name)
  if (terminal.isJson) {
    terminal.printJson(resource)
    return undefined
  }
  const { holders, waiters, capacity } = resource
  const columns = useColumns(terminal.nowMs)
  terminal.print(
    capacity === null ? `${name}, held by:` : `${name}, ${resource.holderCount} of ${capacity} taken by:`,
  )
  terminal.printTable(holders, columns, '  nobody')
  terminal.print('waited for by, the next first:')
  terminal.printTable(waiters, columns, '  nobody')
  return undefined
}
