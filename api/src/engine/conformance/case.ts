import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

/** What is to be seen of a task; what is absent is not looked at. */
export interface Expected {
  /** `success`, `warning`, `error`, `cancelled`, or a state with its reason, as `paused/step-failed`. */
  readonly task?: string
  /** Every step of the template with its state. */
  readonly steps?: Readonly<Record<string, string>>
  /** States of the items of loops, in order. */
  readonly items?: Readonly<Record<string, readonly string[]>>
  readonly outputs?: Readonly<Record<string, unknown>>
  readonly metadata?: Readonly<Record<string, unknown>>
  /** A part of the error of a step; null: it has none. */
  readonly errors?: Readonly<Record<string, string | null>>
  readonly tries?: Readonly<Record<string, number>>
  /** How long a step waits for its next try, in seconds without jitter. */
  readonly delays?: Readonly<Record<string, readonly number[]>>
  /** Milliseconds that the newest try of a step takes at least. */
  readonly lasts?: Readonly<Record<string, number>>
  /** Scripted steps in the order in which they ran. */
  readonly ran?: readonly string[]
  /** The most scripted steps that ran at once. */
  readonly mostAtOnce?: number
  readonly result?: unknown
  readonly title?: string
  readonly tags?: Readonly<Record<string, string>>
  /** A part of the error that the task shows. */
  readonly error?: string
  readonly progress?: number
}

export interface FollowUp extends Expected {
  readonly do:
    | 'resume'
    | 'pause'
    | 'cancel'
    | 'retry-step'
    | 'skip-step'
    | 'resolve'
    | 'reject'
    | 'start-over'
    | 'set-step-state'
  readonly step?: string
  readonly with?: unknown
}

/** One promise of the engine: a template, what it is given, and what becomes of it. */
export interface Case {
  readonly case: string
  /** `name`, `description` and `title_format` may be left out, and descriptions of steps. */
  readonly template: Readonly<Record<string, unknown>>
  readonly functions?: readonly Readonly<Record<string, unknown>>[]
  readonly input?: Readonly<Record<string, unknown>>
  readonly resolverInput?: Readonly<Record<string, unknown>>
  /** False: it waits for a resolver. */
  readonly approved?: boolean
  /** Tries that wait for their time are not hurried. */
  readonly patient?: boolean
  readonly expect?: Expected
  readonly then?: readonly FollowUp[]
  /** Names of the inputs with which nothing can be started. */
  readonly refusedInputs?: readonly string[]
  /** Codes of the findings with which the checker refuses it. */
  readonly refused?: readonly string[]
  /** Codes of the warnings with which the checker accepts it. */
  readonly warned?: readonly string[]
}

export interface Subject {
  readonly name: string
  readonly cases: readonly Case[]
}

/** The cases of this folder, a file a subject. */
export function readCases(): Subject[] {
  const folder = new URL('.', import.meta.url)
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  return files.sort().map((file) => ({
    name: file.slice(0, -'.yaml'.length),
    cases: parse(readFileSync(new URL(file, folder), 'utf8')) as Case[],
  }))
}
