import type { graphql } from '../../client/gql.ts'
import type { TaskListSearch } from '../../client/search.ts'
import { enumOf } from '../../client/words.ts'

export type TaskFilter = ReturnType<typeof graphql.scalar<'TaskFilter'>>

const enums = <Name extends string>(words: readonly string[] | undefined): Name[] | undefined =>
  words?.map((word) => enumOf<Name>(word))

/** The address of the list as the question to the API. */
export const filterOf = (search: TaskListSearch): TaskFilter => ({
  states: enums(search.state),
  results: enums(search.result),
  templateName: search.template,
  text: search.text,
  mine: search.mine,
})
