import { type Action, ActionError, type ActionResult } from '../action.ts'
import { type Configuration, textMapOf } from './configuration.ts'

/** µTask kept the parent of a task in a tag; ours is a column, and nobody shall think that he can change it here. */
const reserved = '_utask_parent_task_id'

function run(configuration: Configuration): ActionResult {
  const tags = Object.fromEntries(textMapOf(configuration, 'tags'))
  if (reserved in tags) throw new ActionError('client', `The tag ${reserved} cannot be set.`)
  return { output: null, tags }
}

function check({ tags }: Configuration): string[] {
  const isReserved = typeof tags === 'object' && tags !== null && reserved in tags
  return isReserved ? [`The tag ${reserved} cannot be set.`] : []
}

/** Sets tags of its task. */
export const tagAction: Action<Configuration> = {
  type: 'tag',
  description:
    'Sets tags of the task, by which it is found. They are stored in clear, with secret inputs masked.',
  idempotent: true,
  example: { tags: { customer: '{{.input.customer}}', draft: '' } },
  configuration: {
    type: 'object',
    additionalProperties: false,
    required: ['tags'],
    properties: {
      tags: { type: 'object', description: 'Names and values. An empty value removes the tag.' },
    },
  },
  check,
  run,
}
