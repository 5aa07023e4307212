import type { ResultOf } from 'gql.tada'
import { graphql } from '../client/gql.ts'

/** A user as the list shows it and as every change of one returns it. */
export const UserRow = graphql(`
  fragment UserRow_user on User {
    id
    name
    fullName
    roles
    groups
    disabledAt
    createdAt
    lastSignInAt
  }
`)

export type User = ResultOf<typeof UserRow>
