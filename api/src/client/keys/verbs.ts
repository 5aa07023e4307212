import { setTimeout as pause } from 'node:timers/promises'
import { exitCodes, usageError } from '../exit.ts'
import { document } from '../server/document.ts'
import type { Terminal } from '../terminal/terminal.ts'

interface RingKey {
  readonly id: string
  readonly createdAt: string
  readonly isNewest: boolean
  readonly tasks: number
  readonly mayBeRemoved: boolean
}

interface KeyRotation {
  readonly kind: string
  readonly state: string
  readonly done: number
  readonly total: number
  readonly startedAt: string
  readonly endedAt: string | null
  readonly error: string | null
  readonly task: { readonly id: string } | null
}

interface KeyRing {
  readonly keys: readonly RingKey[]
  readonly rotation: KeyRotation | null
}

const fields = `
  keys { id createdAt isNewest tasks mayBeRemoved }
  rotation { kind state done total startedAt endedAt error task { id: uuid } }`

const listDocument = document<{ keys: KeyRing }>(`query CliKeys { keys { ${fields} } }`)

const rotateDocument = document<{ rotateKeys: KeyRing }, { reencrypt: boolean }>(
  `mutation CliRotateKeys($reencrypt: Boolean) { rotateKeys(reencrypt: $reencrypt) { ${fields} } }`,
)

/** A key that is younger than the one that wraps was added to take its place: it is no rest of an older time. */
function useOf({ isNewest, mayBeRemoved, createdAt }: RingKey, keys: readonly RingKey[]): string {
  if (isNewest) return 'wraps what is new'
  const isAhead = keys.some((other) => other.isNewest && other.createdAt < createdAt)
  if (isAhead) return 'not yet used: stint keys rotate'
  return mayBeRemoved ? 'may be removed' : 'needed'
}

const sentenceOf = ({ kind, state, done, total }: KeyRotation) => `${kind} ${state}: ${done} of ${total}`

function show(terminal: Terminal, ring: KeyRing): void {
  if (terminal.isJson) return terminal.printJson(ring)
  terminal.printTable(
    ring.keys,
    [
      { title: 'KEY', value: ({ id }) => id },
      { title: 'SINCE', value: ({ createdAt }) => createdAt.slice(0, 16).replace('T', ' ') },
      { title: 'TASKS', value: ({ tasks }) => String(tasks) },
      { title: 'USE', value: (key) => useOf(key, ring.keys) },
    ],
    'There is no key yet.',
  )
  const { rotation } = ring
  if (rotation === null) return
  terminal.print(`Rotation: ${sentenceOf(rotation)}${rotation.error === null ? '' : `; ${rotation.error}`}`)
  if (rotation.task !== null) terminal.print(`Task: ${rotation.task.id}`)
}

const live = new Set(['scheduled', 'pending', 'running'])

/** Asks until the task of the rotation is over or needs a person. */
async function waitForEnd(terminal: Terminal): Promise<KeyRing> {
  for (let last = ''; ; ) {
    const { keys } = await terminal.connection.query(listDocument, {})
    if (keys.rotation === null || !live.has(keys.rotation.state)) return keys
    const sentence = sentenceOf(keys.rotation)
    if (sentence !== last && !terminal.isJson) terminal.note(sentence)
    last = sentence
    await pause(1000)
  }
}

export async function list(terminal: Terminal) {
  show(terminal, (await terminal.connection.query(listDocument, {})).keys)
  return undefined
}

export async function rotate(terminal: Terminal, options: { reencrypt?: boolean; wait: boolean }) {
  const reencrypt = options.reencrypt === true
  const { rotateKeys } = await terminal.connection.query(rotateDocument, { reencrypt })
  const ring = options.wait ? await waitForEnd(terminal) : rotateKeys
  show(terminal, ring)
  const state = ring.rotation?.state ?? ''
  if (!options.wait || state === 'success') return exitCodes.success
  return state === 'paused' ? exitCodes.needsPerson : exitCodes.error
}

export async function onServer(): Promise<never> {
  throw usageError(
    'Keys are added and removed on the machine of the server, where the key file lies.',
    'There: stint keys add · stint keys remove ID, without options before them',
  )
}
