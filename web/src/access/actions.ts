import { graphql } from '../client/gql.ts'
import { UserRow } from './user.ts'

export const CreateUser = graphql(
  `mutation CreateUser($input: CreateUserInput!) { createUser(input: $input) { ...UserRow_user } }`,
  [UserRow],
)
export const UpdateUser = graphql(
  `mutation UpdateUser($input: UpdateUserInput!) { updateUser(input: $input) { ...UserRow_user } }`,
  [UserRow],
)
export const SetPassword = graphql(
  `mutation SetPassword($input: SetPasswordInput!) { setPassword(input: $input) { id } }`,
)
