import type { OutputStream } from '@stint/schema/words'
import type { CacheDoor } from './cache-door.ts'
import type { Birth } from './change.ts'
import type { ChildDoor } from './child-door.ts'
import type { QuestionDoor } from './question-door.ts'

/** A JSON Schema (draft 2020-12 subset) as plain data. */
export type JsonSchema = { readonly [key: string]: unknown }

export interface ActionContext {
  /** Aborted by cancel, pause with force, time-out, self-fencing and shutdown; `reason` is the word for it. */
  readonly signal: AbortSignal
  readonly task: {
    readonly id: string
    readonly label: string
    readonly title: string
    readonly owner: string
  }
  readonly step: { readonly no: number; readonly name: string }
  readonly attempt: {
    readonly no: number
    readonly tryNo: number
    /** The same for every attempt until a person lets the step run again: hand it to targets that accept an idempotency key. */
    readonly key: string
  }
  /** Output of the attempt before this one, when the step waited or is retried. */
  readonly previousOutput: unknown
  /** True when this run continues a step that was WAITING, also when it was cut off and begins again. */
  readonly resumed: boolean
  /** The tasks that this step starts. */
  readonly children: ChildDoor
  /** What it asks of other systems and of people. */
  readonly questions: QuestionDoor
  /** What templates keep for later tasks. */
  readonly cache: CacheDoor
  /** Appends to the step's log, shown live. Text is masked and stored in chunks; never throws. */
  log(text: string, stream?: OutputStream): void
  /** Share of the work that is done; `total` absent means unknown. Written at most a few times a second. */
  progress(done: number, total?: number): void
  /** Records the process group of a child process, durable before it resolves: a takeover kills what is left of it. */
  ownProcessGroup(processGroup: number, startedAt: string): Promise<void>
}

export interface ActionResult {
  readonly output?: unknown
  readonly metadata?: Record<string, unknown>
  /** Merged into the task's tags; an empty value removes one. */
  readonly tags?: Record<string, string>
  /** The step goes to WAITING; it is run again (with `resumed`) at `until`, or when an outside event reaches it. */
  readonly wait?: { readonly until?: Date }
  /** Made by `context.children`; written in the flush that writes this result, and not at all when the result is discarded. */
  readonly births?: readonly Birth[]
}

/** `subtask` tasks that it started · `callback` a call from outside · `input` a person. */
export type WaitsFor = 'subtask' | 'callback' | 'input'

/** `client` do not retry · `server` retry with back-off · `wait` an outside event will come · `retry-later` retry without blame · `fatal` the step's own definition is at fault. */
export type ActionErrorKind = 'client' | 'server' | 'wait' | 'retry-later' | 'fatal'

/** A failure an action foresaw. What was produced until then is kept with the attempt. */
export class ActionError extends Error {
  readonly kind: ActionErrorKind
  readonly output: unknown
  readonly metadata: Record<string, unknown> | undefined
  readonly tags: Record<string, string> | undefined

  constructor(
    kind: ActionErrorKind,
    message: string,
    produced: {
      output?: unknown
      metadata?: Record<string, unknown>
      tags?: Record<string, string>
      cause?: unknown
    } = {},
  ) {
    super(message, produced.cause === undefined ? undefined : { cause: produced.cause })
    this.name = 'ActionError'
    this.kind = kind
    this.output = produced.output
    this.metadata = produced.metadata
    this.tags = produced.tags
  }
}

export interface Action<C = Record<string, unknown>> {
  /** The word templates use as `action.type`. */
  readonly type: string
  readonly description: string
  /** Of the rendered configuration; strings where templates can only produce strings. */
  readonly configuration: JsonSchema
  readonly output?: JsonSchema
  readonly metadata?: JsonSchema
  /**
   * May a step found running after its executor died simply run again? A step's own `idempotent` overrides.
   * Asked with the rendered configuration where it depends on it.
   */
  readonly idempotent: boolean | ((configuration: C) => boolean)
  /** A configuration as a template would write it; shown in the documentation. It passes the schema and `check`. */
  readonly example?: Readonly<Record<string, unknown>>
  /**
   * What a run uses, in µTask's labels: `socket`, `url:<host>`, `fork`, `script:<file>`. Asked with the rendered configuration;
   * only labels that the setting `resource_limits` names hold anybody up. Never throws: what cannot be read is left out.
   */
  resources?(configuration: C): readonly string[]
  /** Whom its step waits for while it is WAITING; absent: an event or a time. */
  readonly waitsFor?: WaitsFor
  /** The field of its configuration that names a template to start: the checker looks whether there is one. */
  readonly namesTemplate?: string
  /** What it will answer, where nothing but its configuration decides that; a dry run asks. May throw as `run` does. */
  foretell?(configuration: C): ActionResult | undefined
  /** What the JSON Schema cannot say; called by the checker with the raw (untemplated) configuration. Returns sentences. */
  check?(configuration: Record<string, unknown>): readonly string[]
  /** May answer directly: light actions save the turn of the event loop. */
  run(configuration: C, context: ActionContext): ActionResult | Promise<ActionResult>
}

/** Where an action comes from when no plug-in brought it. */
export const builtIn = 'built-in'

/** The actions a process knows, by type. Built-in ones and plug-ins; filled once at assembly. */
export class ActionRegistry {
  readonly #actions = new Map<string, Action>()
  readonly #sources = new Map<string, string>()
  readonly #own = new Map<string, Action>()

  /** `source` is the file of the plug-in that brings it. */
  add<C>(action: Action<C>, source = builtIn): this {
    if (this.#actions.has(action.type))
      throw new Error(
        `the action ${action.type} is registered twice: ${this.sourceOf(action.type)} and ${source}`,
      )
    this.#actions.set(action.type, action as unknown as Action)
    this.#sources.set(action.type, source)
    return this
  }

  /** For tasks of the installation itself: templates of people cannot use it, and nobody is shown it. */
  addOwn<C>(action: Action<C>): this {
    this.#own.set(action.type, action as unknown as Action)
    return this
  }

  /** `built-in`, or the file of a plug-in. */
  sourceOf(type: string): string {
    return this.#sources.get(type) ?? builtIn
  }

  find(type: string): Action | undefined {
    return this.#actions.get(type) ?? this.#own.get(type)
  }

  /** By type, sorted. */
  all(): Action[] {
    return [...this.#actions.values()].sort((a, b) => (a.type < b.type ? -1 : 1))
  }
}
