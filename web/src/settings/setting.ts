import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'

/** A setting with its value, its bounds and who changed it. */
export const SettingRow = graphql(`
  fragment SettingRow_setting on Setting {
    name
    description
    type
    value
    default
    choices
    minimum
    maximum
    updatedAt
    updatedBy
  }
`)

export type Setting = ResultOf<typeof SettingRow>
