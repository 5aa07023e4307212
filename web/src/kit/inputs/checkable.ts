import type { TemplateInput } from '@stint/schema/template-types'
import type { InputType } from '@stint/schema/words'
import type { ResultOf } from 'gql.tada'
import { graphql } from '../../client/gql.ts'
import { wordOf } from '../../client/words.ts'

export const TemplateInputFragment = graphql(`
  fragment TemplateInput_input on TemplateInput {
    name
    description
    type
    regex
    legalValues
    collection
    optional
    default
    hidden
  }
`)

type ApiInput = ResultOf<typeof TemplateInputFragment>

/** An input as the API tells it, in the form that the shared checker reads. */
export const checkableInput = (input: ApiInput): TemplateInput => ({
  name: input.name,
  description: input.description ?? undefined,
  type: wordOf(input.type) as InputType,
  regex: input.regex ?? undefined,
  legalValues: input.legalValues ?? undefined,
  collection: input.collection,
  optional: input.optional,
  default: input.default ?? undefined,
  hidden: input.hidden,
})
