/** What a door of the API refused, as it said it. */
export class Refused extends Error {
  readonly code: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'Refused'
    this.code = code
    this.details = details
  }
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
}

interface GraphQLAnswer<Data> {
  readonly data?: Data | null
  readonly errors?: readonly {
    readonly message: string
    readonly extensions?: { readonly code?: string; readonly details?: Record<string, unknown> }
  }[]
}

function dataOf<Data>({ data, errors }: GraphQLAnswer<Data>): Data {
  const [first] = errors ?? []
  if (first) throw new Refused(first.extensions?.code ?? 'unknown', first.message, first.extensions?.details)
  return data as Data
}

/** The API as a program uses it: with a token, or as nobody. */
export class Api {
  readonly origin: string
  readonly token: string | undefined

  constructor(origin: string, token?: string) {
    this.origin = origin
    this.token = token
  }

  /** Any request; a text is sent as it stands. */
  async send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.origin}${path}`, {
      method,
      headers: {
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  /** The data of a GraphQL document; throws `Refused` for its first error. */
  async ask<Data>(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
    const { body } = await this.send('POST', '/graphql', { query, variables })
    const { data, errors } = body as GraphQLAnswer<Data>
    const [first] = errors ?? []
    if (first)
      throw new Refused(first.extensions?.code ?? 'unknown', first.message, first.extensions?.details)
    return data as Data
  }
}

export interface Session {
  /** The value of the session's cookie. */
  readonly secret: string
  readonly permissions: readonly string[]
}

/** Signs in with a password. */
export async function signIn(origin: string, name: string, password: string): Promise<Session> {
  const response = await fetch(`${origin}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-stint': '1' },
    body: JSON.stringify({ name, password }),
  })
  const answer = (await response.json()) as { me?: { permissions: string[] } }
  const secret = /stint_session=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1]
  if (secret === undefined) throw new Error(`${name} cannot sign in: ${JSON.stringify(answer)}`)
  return { secret, permissions: answer.me?.permissions ?? [] }
}

const createToken = /* GraphQL */ `
  mutation CreateToken($input: CreateApiTokenInput!) {
    createApiToken(input: $input) { secret }
  }
`

/** GraphQL as the page uses it: with the cookie of a session. */
export async function askWithSession<Data>(
  origin: string,
  secret: string,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Data> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-stint': '1', cookie: `stint_session=${secret}` },
    body: JSON.stringify({ query, variables }),
  })
  return dataOf((await response.json()) as GraphQLAnswer<Data>)
}

/** A token of the person whose session this is; it may do all that the person may. */
export async function tokenOf(origin: string, { secret, permissions }: Session): Promise<string> {
  const chosen = permissions.map((permission) => permission.replace('.', '_').toUpperCase())
  const input = { name: 'e2e', permissions: chosen, expiresInDays: 1 }
  type Data = { createApiToken: { secret: string } }
  const { createApiToken } = await askWithSession<Data>(origin, secret, createToken, { input })
  return createApiToken.secret
}
