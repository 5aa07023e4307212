import { complexityFromQuery } from '@pothos/plugin-complexity'
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  locatedError,
} from 'graphql'
import { type Context, contextOfEvent } from './context.ts'
import { complexityMax, tooMuch } from './cost.ts'

type Answer = (payload: unknown) => ExecutionResult | Promise<ExecutionResult>

/** The last message of a stream that failed: the transports would otherwise drop the whole connection for it. */
function lastWord(error: unknown): ExecutionResult {
  return { errors: [error instanceof GraphQLError ? error : locatedError(error, undefined)] }
}

/** What a client pulls. `return` and `fail` end it at once, also in the middle of a wait. */
export class ResultStream implements AsyncIterableIterator<ExecutionResult> {
  readonly #events: AsyncIterator<unknown>
  readonly #answer: Answer
  readonly #onEnd: (() => void)[] = []
  #ended = false
  #failure: unknown

  constructor(events: AsyncIterator<unknown>, answer: Answer) {
    this.#events = events
    this.#answer = answer
  }

  /** Called once, whoever ends it. */
  onEnd(handler: () => void): void {
    this.#onEnd.push(handler)
  }

  /** Ends it from our side; the client hears the error as its last word. */
  fail(error: unknown): void {
    if (this.#ended) return
    this.#failure = error
    void this.#end()
  }

  async next(): Promise<IteratorResult<ExecutionResult>> {
    if (this.#ended) return this.#last()
    try {
      const { done, value } = await this.#events.next()
      if (!done && !this.#ended) return { done: false, value: await this.#answer(value) }
    } catch (error) {
      this.#failure ??= error
    }
    await this.#end()
    return this.#last()
  }

  async return(): Promise<IteratorResult<ExecutionResult>> {
    await this.#end()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult>> {
    await this.#end()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #last(): IteratorResult<ExecutionResult> {
    const failure = this.#failure
    this.#failure = undefined
    return failure === undefined
      ? { done: true, value: undefined }
      : { done: false, value: lastWord(failure) }
  }

  async #end(): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    for (const handler of this.#onEnd) handler()
    await this.#events.return?.()
  }
}

/**
 * Like graphql-js' `subscribe`, but each event is answered with a context of its own: rights are looked at as they are then,
 * and nothing that was read for an earlier event is shown again.
 */
export async function subscribe(args: ExecutionArgs): Promise<ResultStream | ExecutionResult> {
  // The complexity plugin looks at resolvers, which run at every event: what costs too much must not be opened at all.
  const { complexity } = complexityFromQuery(args.document, {
    schema: args.schema,
    ctx: args.contextValue as Context,
    variables: args.variableValues ?? {},
  })
  if (complexity > complexityMax) return lastWord(tooMuch(complexity))
  const source = await createSourceEventStream(args)
  if (!(Symbol.asyncIterator in source)) return source
  return new ResultStream(source[Symbol.asyncIterator](), (payload) =>
    execute({ ...args, rootValue: payload, contextValue: contextOfEvent(args.contextValue as Context) }),
  )
}

/** The same stream with every result changed on its way out. */
export function mapResults<R>(source: AsyncIterable<R>, change: (result: R) => R): AsyncIterableIterator<R> {
  const results = source[Symbol.asyncIterator]()
  return {
    async next() {
      const { done, value } = await results.next()
      return done ? { done, value: undefined } : { done: false, value: change(value) }
    },
    async return() {
      await results.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
