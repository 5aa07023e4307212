import { ActionError } from '../action.ts'
import type { ChildRequest } from '../child-door.ts'
import { type Configuration, objectOf, textMapOf, textOf } from './configuration.ts'
import { jsonOf, peopleOf } from './people.ts'

type Values = Readonly<Record<string, unknown>>

/** A list of 10,000 is what a batch is made for; more belongs into several. */
export const membersMax = 10_000

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function valuesOf(value: unknown, name: string): Values {
  if (isValues(value)) return value
  throw new ActionError('client', `${name} must be an object.`)
}

/** `inputs`, or `json_inputs`, a text: templates produce text only. */
function ownInputs(configuration: Configuration): readonly Values[] {
  const text = textOf(configuration, 'json_inputs')
  const name = text === undefined ? 'inputs' : 'json_inputs'
  const list = text === undefined ? (configuration.inputs ?? []) : jsonOf(text, name)
  if (!Array.isArray(list)) throw new ActionError('client', `${name} must be a list of objects.`)
  if (list.length > membersMax)
    throw new ActionError('client', `A batch has at most ${membersMax} members, not ${list.length}.`)
  return list.map((each, index) => valuesOf(each, `${name}[${index}]`))
}

function commonInputs(configuration: Configuration): Values {
  const text = textOf(configuration, 'common_json_inputs')
  if (text !== undefined) return valuesOf(jsonOf(text, 'common_json_inputs'), 'common_json_inputs')
  return objectOf(configuration, 'common_inputs') ?? {}
}

/** Each member's inputs; one that is given for all and again for one is a slip. */
function inputsOf(configuration: Configuration): Values[] {
  const common = commonInputs(configuration)
  return ownInputs(configuration).map((own, index) => {
    const twice = Object.keys(own).find((name) => Object.hasOwn(common, name))
    if (twice === undefined) return { ...common, ...own }
    throw new ActionError('client', `${twice} is given for all members and again for member ${index}.`)
  })
}

/** How many run side by side; 0 and absent are all. */
export function sizeOf(configuration: Configuration): number {
  const text = textOf(configuration, 'sub_batch_size')
  const size = Number(text ?? 0)
  if (!Number.isInteger(size) || size < 0)
    throw new ActionError('client', `sub_batch_size must be a whole number, not ${JSON.stringify(text)}.`)
  return size === 0 ? Number.POSITIVE_INFINITY : size
}

/** The members of a batch, in the order they are listed. */
export function requestsOf(configuration: Configuration): ChildRequest[] {
  const template = textOf(configuration, 'template_name')
  if (template === undefined) throw new ActionError('client', 'template_name is missing.')
  const comment = textOf(configuration, 'comment')
  const same = {
    template,
    tags: Object.fromEntries(textMapOf(configuration, 'tags')),
    ...peopleOf(configuration),
    ...(comment && { comment }),
  }
  return inputsOf(configuration).map((input, index) => ({ ...same, index, input }))
}
