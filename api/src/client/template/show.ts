import { pages } from '../server/pages.ts'
import type { Column } from '../terminal/table.ts'
import { countOption, type Terminal } from '../terminal/terminal.ts'
import { coloured, safeText, wordOf } from '../terminal/text.ts'
import {
  type TemplateDetail,
  type TemplateInput,
  type TemplateLine,
  templateDocument,
  templatesDocument,
} from './documents.ts'
import { noTemplate } from './missing.ts'

const flags = ({ hidden, blocked }: TemplateLine) =>
  [hidden ? 'hidden' : '', blocked ? 'blocked' : ''].filter((each) => each !== '').join(', ')

const lineColumns: Column<TemplateLine>[] = [
  { title: 'NAME', value: ({ name }) => name, minWidth: 12 },
  { title: 'VERSION', value: ({ version }) => String(version), align: 'right' },
  { title: 'DESCRIPTION', value: ({ description }) => description, minWidth: 20 },
  { title: '', value: flags },
]

export async function listTemplates(terminal: Terminal, { hidden }: { readonly hidden?: boolean }) {
  const page = async (after: string | null) =>
    (await terminal.connection.query(templatesDocument, { first: 100, after })).templates
  const all: TemplateLine[] = []
  for await (const line of pages(page, 10_000)) all.push(line)
  const shown = hidden === true ? all : all.filter((line) => !line.hidden)
  if (terminal.isJson) terminal.printJson(shown)
  else terminal.printTable(shown, lineColumns, 'There are no templates that you may see.')
  return undefined
}

const valueText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

const inputColumns: Column<TemplateInput>[] = [
  { title: 'INPUT', value: ({ name }) => name },
  { title: 'TYPE', value: ({ type, collection }) => `${wordOf(type)}${collection ? ' list' : ''}` },
  { title: 'NEEDED', value: (input) => (input.optional || input.default !== null ? '' : 'yes') },
  {
    title: 'DEFAULT',
    value: (input) => (input.default === null ? '' : valueText(input.default)),
    minWidth: 7,
  },
  { title: 'ONE OF', value: ({ legalValues }) => legalValues?.map(valueText).join(', ') ?? '', minWidth: 6 },
  { title: 'DESCRIPTION', value: ({ description }) => description ?? '', minWidth: 15 },
]

type StepDefinition = TemplateDetail['steps'][number]

const stepColumns: Column<StepDefinition>[] = [
  { title: 'NO', value: ({ no }) => String(no), align: 'right' },
  { title: 'STEP', value: ({ name }) => name, minWidth: 8 },
  { title: 'ACTION', value: ({ action }) => action },
  {
    title: 'AFTER',
    value: ({ dependencies }) =>
      dependencies
        .map(({ step, states }) => (states.join() === 'DONE' ? step : `${step}:${states.join(',')}`))
        .join(', '),
    minWidth: 8,
  },
  { title: 'DESCRIPTION', value: ({ description }) => description, minWidth: 15 },
]

function printTemplate(terminal: Terminal, template: TemplateDetail): void {
  terminal.print(coloured(safeText(template.name), 'bold'))
  terminal.printFacts([
    [
      'Version',
      `${template.version}, from ${template.source}, by ${template.createdBy} at ${template.createdAt}`,
    ],
    ['Description', template.description],
    ['Long', template.longDescription?.trimEnd()],
    ['See also', template.docLink ?? undefined],
    ['Cannot run', template.canRun ? undefined : (template.whyNotRun ?? 'yes')],
    ['Is', flags(template)],
  ])
  const inputs = template.inputs.filter(({ hidden }) => !hidden)
  terminal.print('')
  terminal.printTable(inputs, inputColumns, 'It needs no inputs.')
  terminal.print('')
  terminal.printTable(template.steps, stepColumns, 'It has no steps.')
  const example = inputs
    .filter((input) => !input.optional && input.default === null)
    .map(({ name }) => `${name}=…`)
  terminal.note(`\nRun it: stint run ${[template.name, ...example].join(' ')}`)
}

interface ShowOptions {
  readonly templateVersion?: string
  readonly text?: boolean
}

export async function showTemplate(terminal: Terminal, name: string, options: ShowOptions) {
  const { templateVersion } = options
  const version =
    templateVersion === undefined ? null : countOption('--template-version', 1, 1_000_000)(templateVersion)
  const { template } = await terminal.connection.query(templateDocument, { name, version })
  if (template === null) throw await noTemplate(terminal.connection, name)
  if (options.text === true) process.stdout.write(template.text)
  else if (terminal.isJson) terminal.printJson(template)
  else printTemplate(terminal, template)
  return undefined
}
