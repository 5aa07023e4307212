import { randomInt } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { limits } from '@stint/schema/limits'
import { Problem } from '../../base/problem.ts'

/** argon2id is the library's default; numbers of OWASP's second choice: 19 MiB, 2 passes, 1 lane; about 10 ms here. */
const settings = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Of a password nobody knows: an unknown name costs the same time as a known one. A test keeps its numbers equal. */
export const hashOfNobody =
  '$argon2id$v=19$m=19456,t=2,p=1$Iy2NVraZq3yvPmxjmtd7Jw$v0sYANRlUCQOFr9TrTpEG2zvbV4+ZvUTy31eahEwFh0'

/**
 * Hashing is work for libuv's four threads, which files and name look-ups need too: two at a time, and a short queue.
 * A flood of sign-ins is answered with `overloaded` instead of making everybody wait.
 */
const workersMax = 2
const waitingMax = 64
let working = 0
const waiting: (() => void)[] = []

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (working >= workersMax) {
    if (waiting.length >= waitingMax) {
      throw new Problem('overloaded', 'Too many sign-ins at this moment; try again in a few seconds.', {
        details: { retryAfterSeconds: 2 },
      })
    }
    await new Promise<void>((resolve) => waiting.push(resolve))
  } else {
    working += 1
  }
  try {
    return await work()
  } finally {
    // The place is handed on, not given back and taken again: a newcomer cannot slip in between.
    const next = waiting.shift()
    if (next === undefined) working -= 1
    else next()
  }
}

/** The same letters typed on two machines may be different code points; NFKC makes them one password. */
function bytesOf(password: string): string {
  return password.normalize('NFKC')
}

/** A PHC string with its own salt and parameters. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(bytesOf(password), settings))
}

/** Takes the same time for a user without a password, or for no user at all: pass `null`. */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  const given = password.length > limits.passwordLengthMax ? '' : password
  const isRight = await inTurn(() => verify(passwordHash ?? hashOfNobody, bytesOf(given)))
  return isRight && passwordHash !== null && given === password
}

/** Throws `invalid-input` for a password that is too short, too long, or the name itself. */
export function checkNewPassword(password: string, name: string): void {
  const { passwordLengthMin, passwordLengthMax } = limits
  let message: string | undefined
  if (password.length < passwordLengthMin)
    message = `A password has at least ${passwordLengthMin} characters.`
  else if (password.length > passwordLengthMax)
    message = `A password has at most ${passwordLengthMax} characters.`
  else if (password.toLowerCase() === name.toLowerCase()) message = 'A password must not be the name.'
  if (message === undefined) return
  throw new Problem('invalid-input', message, { details: { fields: [{ name: 'password', message }] } })
}

// Without 0 O 1 l I: it is read off a terminal and typed.
const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

/** 24 letters in groups of six, 139 bits: strong enough to need no change. */
export function generatePassword(): string {
  const group = () => Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}
