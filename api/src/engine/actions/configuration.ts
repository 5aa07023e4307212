import { parseDuration } from '@stint/schema/duration'
import { flagOfWord } from '@stint/schema/flag-words'
import { suggestion } from '@stint/schema/suggestion'
import { ActionError } from '../action.ts'

/**
 * Reads fields of a rendered configuration. Templates produce text only, so numbers, booleans and durations are
 * accepted as text; what cannot be read is a server error, as µTask has it: a later try may render something better.
 */
export type Configuration = Readonly<Record<string, unknown>>

export function wrong(message: string): ActionError {
  return new ActionError('server', message)
}

/** The sentence about a word that is none of those that can stand there. */
export function notOneOf(name: string, choices: readonly string[], given: string): string {
  return `${name} must be one of ${choices.join(', ')}, not ${JSON.stringify(given)}${suggestion(given, choices)}`
}

/** Text that still holds a handle cannot be judged before it is rendered. */
export function isTemplated(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{')
}

function scalar(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw wrong(`${name} must be text, not ${Array.isArray(value) ? 'a list' : 'an object'}.`)
}

/** Empty text counts as absent. */
export function textOf(configuration: Configuration, name: string): string | undefined {
  const value = configuration[name]
  const text = value === undefined || value === null ? '' : scalar(value, name)
  return text === '' ? undefined : text
}

/** What Go's parser takes for a boolean besides the words. */
const goFlags: Readonly<Record<string, boolean | undefined>> = {
  1: true,
  t: true,
  T: true,
  0: false,
  f: false,
  F: false,
}

/** A boolean, or a text that says one: in Go's spelling, or with a word of YAML 1.1. */
export function flagOf(configuration: Configuration, name: string): boolean {
  const text = textOf(configuration, name)
  if (text === undefined) return false
  const said = flagOfWord(text) ?? goFlags[text]
  if (said !== undefined) return said
  throw wrong(`${name} must be true or false, not ${JSON.stringify(text)}.`)
}

/** Milliseconds; more than zero and less than 24 days, which is what a timer can hold. */
export function timeoutOf(configuration: Configuration, name: string, otherwiseMs: number): number {
  const text = textOf(configuration, name)
  if (text === undefined) return otherwiseMs
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0 && ms < 2 ** 31) return Math.ceil(ms)
  throw wrong(`${name} must be a duration such as 30s or 1m30s, not ${JSON.stringify(text)}.`)
}

export function objectOf(configuration: Configuration, name: string): Configuration | undefined {
  const value = configuration[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return value as Configuration
  throw wrong(`${name} must be an object.`)
}

function listOf(configuration: Configuration, name: string): readonly unknown[] {
  const value = configuration[name] ?? []
  if (Array.isArray(value)) return value
  throw wrong(`${name} must be a list.`)
}

export function textsOf(configuration: Configuration, name: string): string[] {
  return listOf(configuration, name).map((value, index) => scalar(value ?? '', `${name}[${index}]`))
}

/** A map of texts. */
export function textMapOf(configuration: Configuration, name: string): [string, string][] {
  return Object.entries(objectOf(configuration, name) ?? {}).map(([key, value]) => [
    key,
    scalar(value ?? '', `${name}.${key}`),
  ])
}

/** A list of `{ name, value }`, as headers and query parameters are written. */
export function pairsOf(configuration: Configuration, name: string): [string, string][] {
  return listOf(configuration, name).map((entry, index) => {
    const place = `${name}[${index}]`
    if (typeof entry !== 'object' || entry === null) throw wrong(`${place} must have a name and a value.`)
    const pair = entry as Configuration
    const key = textOf(pair, 'name')
    if (key === undefined) throw wrong(`${place} has no name.`)
    return [key, scalar(pair.value ?? '', `${place}.value`)]
  })
}

/** The sentence of a reader that refuses, for checks before a run. */
export function complaintOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (error instanceof ActionError) return error.message
    throw error
  }
}

/** Text that is still templated is left out: its value is not known before the run. */
export function literalsOf(configuration: Configuration): Configuration {
  return Object.fromEntries(Object.entries(configuration).filter(([, value]) => !isTemplated(value)))
}
