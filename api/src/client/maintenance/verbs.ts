import { usageError } from '../exit.ts'
import { document } from '../server/document.ts'
import { countOption, type Terminal } from '../terminal/terminal.ts'

interface Maintenance {
  readonly on: boolean
  readonly message: string | null
  readonly since: string | null
  readonly by: string | null
  readonly endsAt: string | null
}

interface OnOptions {
  readonly message?: string
  readonly until?: string
  readonly for?: string
}

const fields = 'on message since by endsAt'

const statusDocument = document<{ maintenance: Maintenance }>(
  `query CliMaintenance { maintenance { ${fields} } }`,
)

const setDocument = document<
  { setMaintenance: Maintenance },
  { input: { on: boolean; message?: string; endsAt?: string } }
>(`
  mutation CliSetMaintenance($input: SetMaintenanceInput!) {
    setMaintenance(input: $input) { ${fields} }
  }`)

function endOf(terminal: Terminal, { until, for: minutes }: OnOptions): string | undefined {
  if (until !== undefined && minutes !== undefined) throw usageError('Use --until or --for, not both.')
  if (minutes !== undefined) {
    const count = countOption('--for', 1, 100_000)(minutes)
    return new Date(terminal.nowMs + count * 60_000).toISOString()
  }
  if (until === undefined) return undefined
  const at = new Date(until)
  if (Number.isNaN(at.getTime())) throw usageError(`--until ${JSON.stringify(until)} is no time.`)
  return at.toISOString()
}

function show(terminal: Terminal, { on, message, since, by, endsAt }: Maintenance): void {
  if (terminal.isJson) return terminal.printJson({ on, message, since, by, endsAt })
  if (!on) return terminal.print('No maintenance.')
  terminal.print('In maintenance: everything can be read, nothing changed.')
  terminal.printFacts([
    ['Message', message ?? undefined],
    ['Since', since ?? undefined],
    ['By', by ?? undefined],
    ['Expected end', endsAt ?? undefined],
  ])
}

export async function on(terminal: Terminal, options: OnOptions) {
  const { message } = options
  const endsAt = endOf(terminal, options)
  const input = { on: true, ...(message !== undefined && { message }), ...(endsAt && { endsAt }) }
  const { setMaintenance } = await terminal.connection.query(setDocument, { input })
  show(terminal, setMaintenance)
  return undefined
}

export async function off(terminal: Terminal) {
  const { setMaintenance } = await terminal.connection.query(setDocument, { input: { on: false } })
  show(terminal, setMaintenance)
  return undefined
}

export async function status(terminal: Terminal) {
  const { maintenance } = await terminal.connection.query(statusDocument, {})
  show(terminal, maintenance)
  return undefined
}
