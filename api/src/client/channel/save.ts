import { parse } from 'yaml'
import { usageError } from '../exit.ts'
import { fileText } from '../file.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { type Channel, channelsDocument, saveChannelDocument } from './documents.ts'

type Fields = Readonly<Record<string, unknown>>

/** Lists may be written with commas on a command line. */
const listFields = new Set(['to'])

function readValue(name: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' || typeof value === 'boolean') return value
  } catch {
    // Text, as most values are.
  }
  return listFields.has(name) ? text.split(',').map((part) => part.trim()) : text
}

/** `name=value` words; numbers stay text, since passwords of digits are no numbers. */
export function fieldsOf(words: readonly string[]): Fields {
  return Object.fromEntries(
    words.map((word) => {
      const cut = word.indexOf('=')
      if (cut < 1) throw usageError(`${JSON.stringify(word)} is no NAME=VALUE.`)
      const name = word.slice(0, cut)
      return [name, readValue(name, word.slice(cut + 1))]
    }),
  )
}

function fileFields(file: string | undefined): Fields {
  if (file === undefined) return {}
  const text = fileText(file)
  try {
    const value: unknown = parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  } catch (error) {
    throw usageError(`${file}: ${(error as Error).message}`)
  }
  throw usageError(`${file} must hold a map of names and values.`)
}

interface Options {
  readonly kind?: string
  readonly strategy?: string
  readonly file?: string
  readonly on?: boolean
  readonly off?: boolean
}

/** Unnamed values of a channel that is there are kept: the server sends dots for secrets and takes them back. */
async function known(terminal: Terminal, name: string): Promise<Channel | undefined> {
  const { channels } = await terminal.connection.query(channelsDocument, {})
  return channels.find((channel) => channel.name === name)
}

export async function saveChannel(
  terminal: Terminal,
  name: string,
  words: readonly string[],
  { kind, strategy, file, on, off }: Options,
) {
  const before = await known(terminal, name)
  const wanted = kind?.toUpperCase() ?? before?.kind
  if (wanted === undefined) throw usageError('--kind is needed for a new channel: webhook, slack or email.')
  const kept = wanted === before?.kind && file === undefined ? before.configuration : {}
  const input = {
    name,
    kind: wanted,
    strategy: strategy ?? null,
    enabled: off ? false : on ? true : null,
    configuration: { ...kept, ...fileFields(file), ...fieldsOf(words) },
  }
  const { saveChannel: saved } = await terminal.connection.query(saveChannelDocument, { input })
  if (terminal.isJson) terminal.printJson(saved)
  else
    terminal.note(
      `${name} is saved: ${saved.strategy} to ${saved.target}. Try it: stint channel test ${name}`,
    )
  return undefined
}
