import type { Command, Option } from 'commander'
import { pages } from '../server/pages.ts'
import { settingsDocument } from '../setting/documents.ts'
import { tasksDocument } from '../task/documents.ts'
import { shortId } from '../task/id.ts'
import { templateInputsDocument, templatesDocument } from '../template/documents.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** Longer than this nobody waits for a Tab. */
const patienceMs = 1500

interface Place {
  readonly command: Command
  /** Operands of the command so far. */
  readonly operands: readonly string[]
  /** The option whose value is being written. */
  readonly option: Option | undefined
}

function optionOf(command: Command, word: string): Option | undefined {
  const name = word.split('=')[0]
  for (let at: Command | null = command; at !== null; at = at.parent) {
    const found = at.options.find(({ long, short }) => long === name || short === name)
    if (found !== undefined) return found
  }
  return undefined
}

/** Where the cursor is in the command tree. */
export function placeOf(program: Command, words: readonly string[]): Place {
  let command = program
  let option: Option | undefined
  let operands: string[] = []
  for (const word of words) {
    if (word.startsWith('-')) {
      const found = optionOf(command, word)
      option = found !== undefined && !found.isBoolean() && !word.includes('=') ? found : undefined
      continue
    }
    if (option !== undefined) {
      if (!option.variadic) option = undefined
      continue
    }
    const next = operands.length === 0 ? command.commands.find((each) => each.name() === word) : undefined
    if (next === undefined) operands = [...operands, word]
    else command = next
  }
  return { command, operands, option }
}

/** Candidates that need no server. */
export function knownCandidates({ command, operands, option }: Place, current: string): string[] {
  if (option !== undefined) return option.argChoices?.map(String) ?? []
  const [named] = /^--[a-z-]+(?==)/.exec(current) ?? []
  if (named !== undefined) {
    return optionOf(command, named)?.argChoices?.map((choice) => `${named}=${choice}`) ?? []
  }
  if (current.startsWith('-')) {
    const options: string[] = []
    for (let at: Command | null = command; at !== null; at = at.parent) {
      options.push(
        ...at.options.filter(({ hidden }) => !hidden).map(({ long, short }) => long ?? short ?? ''),
      )
    }
    return [...options, '--help']
  }
  if (command.commands.length > 0 && operands.length === 0) {
    return command.commands.map((each) => each.name()).filter((name) => !name.startsWith('_'))
  }
  return command.name() === 'completion' ? ['bash', 'zsh', 'fish'] : []
}

async function templateNames({ connection }: Terminal): Promise<string[]> {
  const page = async (after: string | null) =>
    (await connection.query(templatesDocument, { first: 100, after })).templates
  const names: string[] = []
  for await (const { name, hidden } of pages(page, 500)) if (!hidden) names.push(name)
  return names
}

async function inputNames({ connection }: Terminal, name: string): Promise<string[]> {
  const { template } = await connection.query(templateInputsDocument, { name, version: null })
  return (template?.inputs ?? []).filter(({ hidden }) => !hidden).map((input) => `${input.name}=`)
}

async function taskIds({ connection }: Terminal): Promise<string[]> {
  const { tasks } = await connection.query(tasksDocument, { filter: {}, first: 30, after: null })
  return ['last', ...tasks.edges.map(({ node }) => shortId(node.uuid))]
}

async function settingNames({ connection }: Terminal): Promise<string[]> {
  return (await connection.query(settingsDocument, {})).settings.map(({ name }) => name)
}

function serverCandidates(terminal: Terminal, { command, operands, option }: Place): Promise<string[]> {
  const name = command.name()
  const parent = command.parent?.name()
  const [first] = operands
  if (option !== undefined)
    return option.long === '--template' ? templateNames(terminal) : Promise.resolve([])
  if (name === 'run') return first === undefined ? templateNames(terminal) : inputNames(terminal, first)
  if (parent === 'template' && name === 'show' && first === undefined) return templateNames(terminal)
  if (parent === 'setting' && name !== 'list' && first === undefined) return settingNames(terminal)
  if (parent === 'task' && name !== 'list' && first === undefined) return taskIds(terminal)
  return Promise.resolve([])
}

/** Prints what could stand where the cursor is, one candidate a line; nothing when in doubt, never an error. */
export function complete(program: Command) {
  return async (terminal: Terminal, words: readonly string[]): Promise<undefined> => {
    const current = words.at(-1) ?? ''
    const place = placeOf(program, words.slice(0, -1))
    const known = knownCandidates(place, current)
    const late = new Promise<string[]>((done) => setTimeout(() => done([]), patienceMs))
    const asked = (async () => serverCandidates(terminal, place))().catch(() => [])
    const found = known.length > 0 ? known : await Promise.race([asked, late])
    const fitting = [...new Set(found)].filter((candidate) => candidate.startsWith(current))
    if (fitting.length > 0) terminal.print(fitting.join('\n'))
    return undefined
  }
}
