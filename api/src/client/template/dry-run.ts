import type { Finding } from '@stint/schema/template-types'
import { CliError, exitCodes, inputsError } from '../exit.ts'
import { fileText } from '../file.ts'
import { fileInputs } from '../run/request.ts'
import { readPairs } from '../run/values.ts'
import { document } from '../server/document.ts'
import type { Column } from '../terminal/table.ts'
import { countOption, type Terminal } from '../terminal/terminal.ts'
import { coloured, safeText } from '../terminal/text.ts'
import { type TemplateInput, templateDocument } from './documents.ts'
import { noTemplate } from './missing.ts'

interface DryStep {
  readonly name: string
  readonly action: string
  readonly state: string
  readonly configuration: unknown
  readonly unknown: readonly string[]
  readonly resources: readonly string[]
  readonly note: string | null
}

interface DryLock {
  readonly resource: string
  readonly mode: string
  readonly onConflict: string | null
  readonly holders: readonly { readonly uuid: string; readonly title: string; readonly state: string }[]
}

interface DryRun {
  readonly __typename: 'DryRun'
  readonly title: string
  readonly steps: readonly DryStep[]
  readonly locks: readonly DryLock[]
  readonly result: unknown
  readonly findings: readonly Finding[]
}

type Answer =
  | DryRun
  | {
      readonly __typename: 'InputProblem'
      readonly message: string
      readonly fields: readonly { readonly name: string; readonly message: string }[]
    }
  | {
      readonly __typename: 'TemplateProblem'
      readonly message: string
      readonly findings: readonly Finding[]
    }

export const dryRunDocument = document<{ dryRun: Answer }, { input: Record<string, unknown> }>(`
  query CliDryRun($input: DryRunInput!) {
    dryRun(input: $input) {
      __typename
      ... on DryRun {
        title
        steps { name action state configuration unknown resources note }
        locks { resource mode onConflict holders { uuid title state } }
        result
        findings { line column severity code path message }
      }
      ... on InputProblem { message fields { name message } }
      ... on TemplateProblem { message findings { line column severity code path message } }
    }
  }`)

interface DryRunOptions {
  readonly inputFile?: string
  readonly resolverInput?: readonly string[]
  readonly templateVersion?: string
}

interface Wanted {
  /** What the server is asked for. */
  readonly wish: Record<string, unknown>
  readonly inputs: readonly TemplateInput[]
  readonly resolverInputs: readonly TemplateInput[]
}

/** A file is sent as it is: the server knows its actions, functions and locks. */
async function wanted(terminal: Terminal, name: string, options: DryRunOptions): Promise<Wanted> {
  if (/\.ya?ml$/.test(name)) {
    const text = fileText(name)
    const { checkTemplate } = await import('@stint/schema/template')
    const { template } = checkTemplate(text)
    return {
      wish: { text },
      inputs: (template?.inputs ?? []).map(inputOf),
      resolverInputs: (template?.resolverInputs ?? []).map(inputOf),
    }
  }
  const version =
    options.templateVersion === undefined
      ? null
      : countOption('--template-version', 1, 1_000_000)(options.templateVersion)
  const { template } = await terminal.connection.query(templateDocument, { name, version })
  if (template === null) throw await noTemplate(terminal.connection, name)
  const { inputs, resolverInputs } = template
  return { wish: { template: name, version }, inputs, resolverInputs }
}

function inputOf(input: {
  readonly name: string
  readonly type: string
  readonly collection: boolean
  readonly optional: boolean
  readonly hidden: boolean
}): TemplateInput {
  const type = input.type.toUpperCase() as TemplateInput['type']
  return { ...input, type, description: null, legalValues: null, default: null }
}

export async function dryRunTemplate(
  terminal: Terminal,
  name: string,
  pairs: readonly string[],
  options: DryRunOptions,
) {
  const { wish, inputs, resolverInputs } = await wanted(terminal, name, options)
  const input = { ...(await fileInputs(options.inputFile, inputs)), ...readPairs(pairs, inputs) }
  const given = options.resolverInput
  const resolverInput = given === undefined ? {} : { resolverInput: readPairs(given, resolverInputs) }
  const { dryRun } = await terminal.connection.query(dryRunDocument, {
    input: { ...wish, input, ...resolverInput },
  })
  if (dryRun.__typename === 'InputProblem') {
    throw inputsError(dryRun, `stint template show ${name}`)
  }
  if (dryRun.__typename === 'TemplateProblem') {
    const lines = dryRun.findings.map((each) => `  ${name}:${each.line}:${each.column}: ${each.message}`)
    throw new CliError([dryRun.message, ...lines].join('\n'), { code: 'invalid-template' })
  }
  if (terminal.isJson) terminal.printJson(dryRun)
  else print(terminal, dryRun)
  return dryRun.findings.length > 0 ? exitCodes.warning : exitCodes.success
}

const lockColumns: Column<DryLock>[] = [
  { title: 'LOCK', value: ({ resource }) => resource, minWidth: 12 },
  { title: 'HOW', value: ({ mode }) => mode.toLowerCase() },
  { title: 'ON CONFLICT', value: ({ onConflict }) => onConflict?.toLowerCase() ?? '' },
  {
    title: 'HELD NOW BY',
    value: ({ holders }) => holders.map(({ uuid, title }) => `${uuid.slice(-8)} ${title}`).join(', '),
    minWidth: 12,
  },
]

function print(terminal: Terminal, { title, steps, locks, result, findings }: DryRun): void {
  terminal.print(coloured(safeText(title), 'bold'))
  for (const step of steps) {
    terminal.print('')
    terminal.print(`${coloured(safeText(step.name), 'bold')}  ${step.action}  ${step.state}`)
    if (step.note !== null) terminal.print(`  ${safeText(step.note)}`)
    if (step.resources.length > 0) terminal.print(`  uses: ${safeText(step.resources.join(', '))}`)
    for (const line of JSON.stringify(step.configuration, undefined, 2)?.split('\n') ?? [])
      terminal.print(`  ${safeText(line)}`)
    if (step.unknown.length > 0) terminal.print(`  known only then: ${safeText(step.unknown.join(', '))}`)
  }
  terminal.print('')
  if (result !== null && JSON.stringify(result) !== '{}')
    terminal.print(`${coloured('result', 'bold')}  ${safeText(JSON.stringify(result))}`)
  terminal.printTable(locks, lockColumns, 'It takes no locks.')
  for (const { line, column, message } of findings) terminal.note(`${line}:${column}: ${safeText(message)}`)
}
