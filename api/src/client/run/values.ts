import { usageError } from '../exit.ts'
import { fileText } from '../file.ts'
import { nearName } from '../near-name.ts'
import type { TemplateInput } from '../template/documents.ts'

const yes = new Set(['true', 'yes', '1'])
const no = new Set(['false', 'no', '0'])

/** A text of the command line as the type its input has; the server checks the rest. */
function typed(text: string, { name, type }: TemplateInput): unknown {
  if (type === 'NUMBER') {
    if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return Number(text)
    throw usageError(`${name} must be a number, not ${JSON.stringify(text)}.`)
  }
  if (type === 'BOOL') {
    if (yes.has(text.toLowerCase())) return true
    if (no.has(text.toLowerCase())) return false
    throw usageError(`${name} must be true or false, not ${JSON.stringify(text)}.`)
  }
  return text
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw usageError(`${name}:= needs JSON: ${(error as Error).message}`, `For text write ${name}=…`)
  }
}

/** `@file` is what stands in the file, without its last line end; `@@…` is a text that begins with @. */
function fromFile(text: string, name: string): string {
  if (!text.startsWith('@')) return text
  if (text.startsWith('@@')) return text.slice(1)
  const hint = `For text that begins with @ write ${name}=@${text}`
  return fileText(text.slice(1), hint).replace(/\r?\n$/, '')
}

interface Pair {
  readonly name: string
  readonly isJson: boolean
  readonly text: string
}

function split(pair: string): Pair {
  const [, name, joint, text] = /^([^=]+?)(:?=)(.*)$/s.exec(pair) ?? []
  if (name === undefined || text === undefined) {
    throw usageError(
      `${JSON.stringify(pair)} is no input.`,
      'Write key=value, or key:=json for numbers, lists and objects.',
    )
  }
  return { name, isJson: joint === ':=', text }
}

/** The input of this name; throws exit code 2 with the one that was meant. */
export function declared(name: string, inputs: readonly TemplateInput[]): TemplateInput {
  const input = inputs.find((each) => each.name === name)
  if (input !== undefined) return input
  const names = inputs.filter(({ hidden }) => !hidden).map((each) => each.name)
  throw usageError(
    `The template has no input ${JSON.stringify(name)}${nearName(name, names)}`,
    names.length === 0 ? 'It has no inputs.' : `Its inputs: ${names.join(', ')}`,
  )
}

/**
 * Values of inputs from `key=value` (typed as the template declares; several of one key make a list), `key=@file` and
 * `key:=json`. Throws exit code 2 with what is wrong.
 */
export function readPairs(
  pairs: readonly string[],
  inputs: readonly TemplateInput[],
): Record<string, unknown> {
  const values: Record<string, unknown> = Object.create(null)
  for (const pair of pairs) {
    const { name, isJson, text } = split(pair)
    const input = declared(name, inputs)
    const known = values[name]
    if (known !== undefined && (isJson || !input.collection)) throw usageError(`${name} is given twice.`)
    if (isJson) values[name] = parsed(text, name)
    else {
      const value = typed(fromFile(text, name), input)
      values[name] = input.collection ? [...((known as unknown[]) ?? []), value] : value
    }
  }
  return { ...values }
}

/** `name=value` of an option that may be repeated. */
export function readTags(texts: readonly string[]): { name: string; value: string }[] {
  return texts.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw usageError(`--tag ${JSON.stringify(text)} is no name=value.`)
    return { name: text.slice(0, at), value: text.slice(at + 1) }
  })
}
