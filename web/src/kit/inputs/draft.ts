import type { TemplateInput } from '@stint/schema/template-types'

/** One input as it stands in the form: texts as typed, a switch, or a line per value of a collection. */
export type DraftValue = string | boolean | readonly string[]
export type Draft = Readonly<Record<string, DraftValue>>

/** A chosen legal value is kept by its place in the list: values may be of any type. */
const isChoice = (input: TemplateInput): boolean => input.legalValues !== undefined && !input.collection

const textOf = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function placeOf(input: TemplateInput, value: unknown): string {
  const at = input.legalValues?.findIndex((legal) => JSON.stringify(legal) === JSON.stringify(value)) ?? -1
  return at < 0 ? '' : String(at)
}

/** The form before anybody typed: defaults filled in, secrets empty. */
export function startDraft(inputs: readonly TemplateInput[]): Draft {
  const draft = inputs.map((input): [string, DraftValue] => {
    if (input.collection) {
      const list = Array.isArray(input.default)
        ? input.default
        : input.default === undefined
          ? []
          : [input.default]
      return [input.name, list.map(textOf)]
    }
    if (isChoice(input)) return [input.name, placeOf(input, input.default)]
    if (input.type === 'bool') return [input.name, input.default === true]
    return [input.name, input.type === 'password' ? '' : textOf(input.default)]
  })
  return Object.fromEntries(draft)
}

// What does not read as a number stays text, so that the checker says what is wrong with it.
function scalarOf(input: TemplateInput, text: string): unknown {
  if (text === '') return undefined
  if (input.type === 'bool') return text === 'true' ? true : text === 'false' ? false : text
  if (input.type !== 'number') return text
  const number = Number(text)
  return text.trim() === '' || Number.isNaN(number) ? text : number
}

function typedValue(input: TemplateInput, value: DraftValue | undefined): unknown {
  if (value === undefined) return undefined
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') {
    const list = value.filter((text) => text !== '').map((text) => scalarOf(input, text))
    return list.length > 0 ? list : undefined
  }
  if (isChoice(input)) return value === '' ? undefined : input.legalValues?.[Number(value)]
  return scalarOf(input, value)
}

/** What was typed as the values that the API takes; what is empty is left out. */
export function valuesOfDraft(inputs: readonly TemplateInput[], draft: Draft): Record<string, unknown> {
  const values = inputs.map((input) => [input.name, typedValue(input, draft[input.name])] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

/** The part of a draft that may be written into the browser's storage: never a secret. */
export function storableDraft(inputs: readonly TemplateInput[], draft: Draft): Draft {
  const secret = new Set(inputs.filter((input) => input.type === 'password').map((input) => input.name))
  return Object.fromEntries(Object.entries(draft).filter(([name]) => !secret.has(name)))
}

/** The form with values that were chosen before, in place of the defaults; a secret is there as it is shown, masked. */
export function draftOfValues(
  inputs: readonly TemplateInput[],
  values: Readonly<Record<string, unknown>>,
): Draft {
  const chosen = inputs.map((input) => ({ ...input, default: values[input.name] }))
  const secrets = inputs.filter((input) => input.type === 'password' && !input.collection)
  return {
    ...startDraft(chosen),
    ...Object.fromEntries(secrets.map(({ name }) => [name, textOf(values[name])])),
  }
}

/** A stored draft over the one a form starts with: only inputs that the template still has, in the form they have now. */
export function restoreDraft(start: Draft, stored: Draft): Draft {
  const fits = (name: string, value: unknown) =>
    name in start &&
    typeof start[name] === typeof value &&
    Array.isArray(start[name]) === Array.isArray(value)
  return {
    ...start,
    ...Object.fromEntries(Object.entries(stored).filter(([name, value]) => fits(name, value))),
  }
}
