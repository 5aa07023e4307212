import { hostname } from 'node:os'
import { CliError, usageError } from '../exit.ts'
import { Connection } from '../server/connection.ts'
import type { Login } from '../settings.ts'
import { ask, askSecretly, readStdin } from '../terminal/prompt.ts'
import { countOption, type Terminal } from '../terminal/terminal.ts'
import { wordOf } from '../terminal/text.ts'
import {
  changePasswordDocument,
  createTokenDocument,
  type Me,
  meDocument,
  revokeTokenDocument,
} from './documents.ts'

interface LoginOptions {
  readonly url?: string
  readonly token?: string | true
  readonly name?: string
  readonly passwordStdin?: boolean
  readonly days: string
}

/** The session cookie of an answer, as it is sent back. */
function cookieOf(headers: Headers): string {
  const cookie = headers.getSetCookie().find((each) => each.startsWith('stint_session='))
  if (cookie === undefined) throw new CliError('The server signed in but gave no session.')
  return cookie.split(';')[0] as string
}

interface Passwords {
  readonly current: string
  /** Asked for only when the current one must be changed. */
  next(): Promise<string>
}

async function passwordsOf({ passwordStdin }: LoginOptions, url: string): Promise<Passwords> {
  if (passwordStdin !== true) {
    const instead = 'Use --password-stdin or --token.'
    return {
      current: await askSecretly('Password', instead),
      next: async () => {
        const next = await askSecretly('Your password must be changed. New password', instead)
        if ((await askSecretly('Once more', instead)) === next) return next
        throw new CliError('These were two different passwords; nothing was changed.')
      },
    }
  }
  const [current = '', next] = (await readStdin()).replace(/\r?\n$/, '').split(/\r?\n/)
  return {
    current,
    next: async () => {
      if (next !== undefined) return next
      const hint = `Sign in once at ${url}, or write the new one as a second line.`
      throw new CliError('Your password must be changed first.', { hint })
    },
  }
}

async function changePassword(session: Connection, { current, next }: Passwords): Promise<void> {
  await session.query(changePasswordDocument, { input: { current, next: await next() } })
}

async function whoIs(connection: Connection): Promise<Me> {
  const { me } = await connection.query(meDocument, {})
  if (me === null)
    throw new CliError(`${connection.url} does not know this token.`, {
      hint: 'It may have ended: stint login',
    })
  return me
}

/** Signs in with name and password for as long as it takes to make a token of all that person may do. */
async function makeToken(anonymous: Connection, options: LoginOptions): Promise<Login> {
  const expiresInDays = countOption('--days', 1, 3650)(options.days)
  const name = options.name ?? (await ask('Name', 'Use --name and --password-stdin, or --token.'))
  const passwords = await passwordsOf(options, anonymous.url)
  const signedIn = await anonymous.post('/api/sign-in', { name, password: passwords.current })
  const session = anonymous.as({ session: cookieOf(signedIn.headers) })
  try {
    const me = await whoIs(session)
    if (me.passwordExpired) await changePassword(session, passwords)
    const input = { name: `stint on ${hostname()}`, permissions: me.permissions, expiresInDays }
    const { createApiToken } = await session.query(createTokenDocument, { input })
    return { token: createApiToken.secret, tokenId: createApiToken.token.id, user: me.name }
  } finally {
    await session.post('/api/sign-out').catch(() => {})
  }
}

async function handedIn(anonymous: Connection, token: string | true): Promise<Login> {
  const secret = token === true ? await askSecretly('Token', 'Write it behind --token.') : token
  if (secret === '') throw usageError('The token is empty.')
  return { token: secret, user: (await whoIs(anonymous.as({ token: secret }))).name }
}

export async function login(terminal: Terminal, url: string | undefined, options: LoginOptions) {
  const address = terminal.settings.url(url ?? options.url)
  const anonymous = new Connection(address, {})
  const made =
    options.token === undefined
      ? await makeToken(anonymous, options)
      : await handedIn(anonymous, options.token)
  terminal.settings.saveLogin(address, made)
  if (terminal.isJson) terminal.printJson({ url: address, user: made.user })
  else terminal.print(`Signed in to ${address} as ${made.user}.`)
  return undefined
}

export async function logout(terminal: Terminal) {
  const { url } = terminal
  const known = terminal.settings.login(url)
  if (known === undefined) throw new CliError(`You are not signed in to ${url}.`)
  terminal.settings.removeLogin(url)
  if (known.tokenId !== undefined) {
    const connection = new Connection(url, { token: known.token })
    await connection.query(revokeTokenDocument, { input: { id: known.tokenId } }).catch((error: unknown) => {
      terminal.note(`The token is forgotten here but may still be valid: ${(error as Error).message}`)
    })
  }
  if (terminal.isJson) terminal.printJson({ url })
  else terminal.print(`Signed out of ${url}.`)
  return undefined
}

export async function whoami(terminal: Terminal) {
  const me = await whoIs(terminal.connection)
  if (terminal.isJson) terminal.printJson({ url: terminal.url, ...me })
  else {
    terminal.printFacts([
      ['Server', terminal.url],
      ['Name', me.fullName === null ? me.name : `${me.name} (${me.fullName})`],
      ['Roles', me.roles.map(wordOf).join(', ')],
      ['Groups', me.groups.join(', ')],
      ['May', me.permissions.map((each) => each.toLowerCase().replace('_', '.')).join(', ')],
      ['Signed in by', me.via],
    ])
  }
  return undefined
}
