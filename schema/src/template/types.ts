import type { InputType, OnError } from '../words.ts'

/**
 * A checked template, normalised: µTask's snake_case keys become camelCase, the short forms are spelled out, defaults are
 * filled in, scalars are coerced as µTask's loader does (`expected: 404` is the text "404"). Written by check.ts alone;
 * stored as JSON with the template version, read by the engine, the API and the web page.
 */
export interface Template {
  readonly name: string
  readonly description: string
  readonly longDescription?: string
  readonly docLink?: string
  readonly titleFormat: string
  readonly resultFormat: Record<string, unknown>
  readonly allowedResolverUsernames: readonly string[]
  readonly allowedResolverGroups: readonly string[]
  readonly allowAllResolverUsernames: boolean
  readonly autoRunnable: boolean
  readonly blocked: boolean
  readonly hidden: boolean
  /** Runs of a task before it pauses as retries-exhausted; µTask's default is 100. */
  readonly retryMax: number
  readonly allowTaskStartOver: boolean
  readonly inputs: readonly TemplateInput[]
  readonly resolverInputs: readonly TemplateInput[]
  readonly variables: readonly TemplateVariable[]
  readonly tags: Record<string, string>
  readonly baseConfigurations: Record<string, unknown>
  /** In the order of the file; a step's number in the database is its index here. */
  readonly steps: readonly TemplateStep[]
  readonly onError: OnError
  readonly strictValues: boolean
  readonly priority: number
  /** Steps of one task that may run side by side. */
  readonly maxParallel: number
  readonly region?: string
  readonly troubleshooting?: string
  /** Absent where none is declared. */
  readonly locks?: readonly TemplateLock[]
  /** Resources that the task refers to without locking them, as `host/db1`; templated. */
  readonly links?: readonly string[]
  readonly limits?: readonly TemplateLimit[]
  /** How long a stopped task of this template is kept. */
  readonly cleanupAfterMs?: number
  /** The functions that its steps call, also through each other, as they were when it was saved. Absent: it calls none. */
  readonly functions?: Readonly<Record<string, TemplateFunction>>
}

export interface TemplateLock {
  /** `type/id`, templated. */
  readonly resource: string
  readonly mode: 'exclusive' | 'shared'
  readonly operation?: string
  readonly onConflict: 'fail' | 'wait' | 'coalesce'
  readonly waitTimeoutMs?: number
}

/** At most `capacity` tasks hold the resource at once, or, with `perMs`, at most so many start within that time. */
export interface TemplateLimit {
  /** Templated. */
  readonly resource: string
  readonly capacity: number
  readonly perMs?: number
}

export interface TemplateInput {
  readonly name: string
  readonly description?: string
  readonly type: InputType
  readonly regex?: string
  readonly legalValues?: readonly unknown[]
  readonly collection: boolean
  readonly optional: boolean
  readonly default?: unknown
  readonly hidden: boolean
}

export interface TemplateVariable {
  readonly name: string
  readonly value?: unknown
  readonly expression?: string
  readonly expressionTimeoutMs: number
}

export interface TemplateAction {
  readonly type: string
  readonly baseConfiguration?: string
  readonly configuration: Record<string, unknown>
  readonly output?: { readonly strategy: 'none' | 'merge' | 'template'; readonly format: unknown }
}

export type RetryPattern = 'seconds' | 'minutes' | 'hours'

export interface TemplateStep {
  readonly name: string
  readonly description: string
  /** Absent: the action decides. */
  readonly idempotent?: boolean
  readonly action: TemplateAction
  readonly preHook?: TemplateAction
  readonly jsonSchema?: Record<string, unknown>
  readonly retryPattern: RetryPattern
  /** Retries after the first try; 0 means µTask's 10,000, negative without end. */
  readonly maxRetries: number
  readonly executionDelayMs: number
  readonly dependencies: readonly StepDependency[]
  readonly customStates: readonly string[]
  readonly conditions: readonly StepCondition[]
  readonly foreach?: string
  readonly foreachStrategy: 'parallel' | 'sequence'
  readonly foreachConcurrency?: number
  readonly resources: readonly string[]
  readonly timeoutMs?: number
  /** A JavaScript expression; the step is pruned when it is false. */
  readonly if?: string
  /** What becomes of a sub-task of this step when the task stops; absent means cancel. */
  readonly onParentStop?: 'cancel' | 'leave'
}

export interface StepDependency {
  readonly step: string
  /** `DONE`, `PRUNE`, custom states of the target, or the one word `ANY`. */
  readonly states: readonly string[]
}

export interface StepCondition {
  readonly type: 'skip' | 'check'
  readonly if: readonly ConditionAssertion[]
  /** Step name or `this` → state. */
  readonly then: Record<string, string>
  readonly final: boolean
  readonly foreach?: 'children' | 'parent'
  readonly message: string
  /** Outcomes besides DONE, CLIENT_ERROR and AFTERRUN_ERROR after which a check is asked. */
  readonly on: readonly string[]
}

export interface ConditionAssertion {
  readonly value: string
  readonly operator: 'EQ' | 'NE' | 'GT' | 'LT' | 'GE' | 'LE' | 'REGEXP' | 'NOTREGEXP' | 'IN' | 'NOTIN'
  readonly expected: string
  readonly listSeparator: string
  readonly message?: string
}

/** A reusable action of µTask's functions folder; its caller's configuration is `.function_args`. */
export interface TemplateFunction {
  readonly name: string
  readonly description: string
  readonly action: TemplateAction
  readonly preHook?: TemplateAction
  readonly conditions: readonly StepCondition[]
  readonly customStates: readonly string[]
  /** Paths under `.function_args` that its texts read; each must exist in the caller's configuration. */
  readonly arguments: readonly string[]
}

/** Something wrong in a template text, with its place (both from 1). */
export interface Finding {
  readonly line: number
  readonly column: number
  readonly severity: 'error' | 'warning'
  /** Stable word for the kind of fault, e.g. `unknown-key`, `cycle`. */
  readonly code: string
  /** Where in the document, as `steps.createUser.dependencies[0]`. */
  readonly path: string
  readonly message: string
}
