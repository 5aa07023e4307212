import { randomUUID } from 'node:crypto'
import { Api, askWithSession, signIn, tokenOf } from './api.ts'

export interface Person {
  readonly name: string
  readonly password: string
  /** Secret of the cookie of a session. */
  readonly session: string
  readonly api: Api
}

const createUser = /* GraphQL */ `
  mutation CreateUser($input: CreateUserInput!) {
    createUser(input: $input) { id }
  }
`

const changePassword = /* GraphQL */ `
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) { id }
  }
`

/** Signs in, and takes a token that may do all that the person may. */
export async function enter(origin: string, name: string, password: string): Promise<Person> {
  const session = await signIn(origin, name, password)
  return { name, password, session: session.secret, api: new Api(origin, await tokenOf(origin, session)) }
}

/** Somebody new with these roles, who has chosen a password already. */
export async function hire(admin: Api, ...roles: readonly string[]): Promise<Person> {
  const id = randomUUID().slice(0, 8)
  const name = `${roles[0] ?? 'guest'}-${id}`
  const [first, own] = [`first password ${id}`, `own password ${id}`]
  const input = { name, password: first, roles: roles.map((role) => role.toUpperCase()) }
  await admin.ask(createUser, { input })
  const { secret } = await signIn(admin.origin, name, first)
  await askWithSession(admin.origin, secret, changePassword, { input: { current: first, next: own } })
  return enter(admin.origin, name, own)
}

/** Ends a session from elsewhere. */
export async function leave(origin: string, session: string): Promise<void> {
  const headers = { 'content-type': 'application/json', 'x-stint': '1', cookie: `stint_session=${session}` }
  const { ok, status } = await fetch(`${origin}/api/sign-out`, { method: 'POST', headers, body: '{}' })
  if (!ok) throw new Error(`signing out answered ${status}`)
}

/** The cookie of a session, for a browser. */
export function cookieOf(origin: string, session: string) {
  return {
    name: 'stint_session',
    value: session,
    domain: new URL(origin).hostname,
    path: '/',
    expires: -1,
    httpOnly: true,
    secure: false,
    sameSite: 'Lax' as const,
  }
}
