import { document } from '../server/document.ts'

export interface Me {
  readonly name: string
  readonly fullName: string | null
  readonly groups: readonly string[]
  readonly roles: readonly string[]
  readonly permissions: readonly string[]
  readonly passwordExpired: boolean
  readonly via: string
}

export const meDocument = document<{ me: Me | null }>(
  'query CliMe { me { name fullName groups roles permissions passwordExpired via } }',
)

export const createTokenDocument = document<
  {
    createApiToken: {
      readonly secret: string
      readonly token: { readonly id: string; readonly expiresAt: string }
    }
  },
  { input: { name: string; permissions: readonly string[]; expiresInDays: number } }
>(`
  mutation CliCreateToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) { secret token { id expiresAt } }
  }`)

export const changePasswordDocument = document<
  { changePassword: { readonly name: string } },
  { input: { current: string; next: string } }
>('mutation CliChangePassword($input: ChangePasswordInput!) { changePassword(input: $input) { name } }')

export const revokeTokenDocument = document<
  { revokeApiToken: { readonly id: string } },
  { input: { id: string } }
>('mutation CliRevokeToken($input: RevokeApiTokenInput!) { revokeApiToken(input: $input) { id } }')
