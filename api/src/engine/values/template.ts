import { isTemplated, parseText } from '@stint/schema/text'
import { TextSyntaxError } from '@stint/schema/text-tokens'
import { isTypedAlone } from '@stint/schema/text-typed'
import { type Clock, systemClock } from '../../base/clock.ts'
import { Budget } from './budget.ts'
import { compileTree, type Program } from './evaluate.ts'
import { ValueError, ValueFault } from './fault.ts'
import { PlacedFault } from './operations.ts'
import { isMap, jsonOf } from './print.ts'
import { functionRegistry } from './registry.ts'
import type { Run, VariableSource } from './run.ts'

/** A text ready to be rendered. */
export interface CompiledText {
  readonly source: string
  /** Absent for a text without handles, which is its own rendering. */
  readonly program: Program | undefined
  /** Keeps the JSON type of its one value. */
  readonly isTyped: boolean
}

export interface RenderOptions {
  /** A missing key is an error instead of `<no value>`. */
  readonly strict?: boolean
  readonly variables?: VariableSource
  readonly clock?: Clock
  /** Of several renderings together; absent: each has its own. */
  readonly budget?: Budget
}

/** The same options with one budget for all renderings that follow: many slow texts must not add up. */
export function sharing(options: RenderOptions): RenderOptions {
  return options.budget === undefined ? { ...options, budget: newBudget(options) } : options
}

function newBudget({ clock = systemClock }: RenderOptions): Budget {
  return new Budget(() => clock.monotonicMs())
}

const cacheMax = 5000
/** Least recently used first. Texts repeat with every step of every task of a template. */
const cache = new Map<string, CompiledText>()

/** Reads a templated text; the same text is read once. Throws ValueError where it is none. */
export function compile(source: string): CompiledText {
  if (!isTemplated(source)) return { source, program: undefined, isTyped: false }
  const known = cache.get(source)
  if (known !== undefined) {
    cache.delete(source)
    cache.set(source, known)
    return known
  }
  const compiled = compileNow(source)
  if (cache.size >= cacheMax) cache.delete(cache.keys().next().value as string)
  cache.set(source, compiled)
  return compiled
}

function compileNow(source: string): CompiledText {
  try {
    const tree = parseText(source)
    return { source, program: compileTree(tree, functionRegistry), isTyped: isTypedAlone(tree) }
  } catch (error) {
    if (error instanceof TextSyntaxError || error instanceof PlacedFault) {
      throw new ValueError(error.message, source, error.offset, { cause: error })
    }
    throw error
  }
}

/** The text of a template for this data. Throws ValueError with the handle and its place. */
export function renderText(text: CompiledText | string, data: object, options: RenderOptions = {}): string {
  const compiled = typeof text === 'string' ? compile(text) : text
  const { program, source } = compiled
  if (program === undefined) return source
  const run = newRun(data, options)
  placedIn(source, () => program.write(run))
  return run.out
}

/** Like renderText, but a text that is nothing but one handle piped to `typed` gives its JSON value. */
export function render(text: CompiledText | string, data: object, options: RenderOptions = {}): unknown {
  const compiled = typeof text === 'string' ? compile(text) : text
  const { program, source, isTyped } = compiled
  if (!isTyped || program?.value === undefined) return renderText(compiled, data, options)
  const { value } = program
  const run = newRun(data, options)
  return placedIn(source, () => jsonOf(value(run), false, run.budget))
}

type DeepRender = (data: object, options: RenderOptions) => unknown

/** Configurations live as long as their template: reading each of them once is enough. */
const deepCache = new WeakMap<object, DeepRender | 'plain'>()

/**
 * Renders every text in a value, at any depth, keys excepted. What holds no handle is answered as it is, not copied, so the
 * result must not be changed.
 */
export function renderDeep(value: unknown, data: object, options: RenderOptions = {}): unknown {
  const renderer = deepRenderer(value)
  return renderer === 'plain' ? value : renderer(data, sharing(options))
}

function deepRenderer(value: unknown): DeepRender | 'plain' {
  if (typeof value === 'string') {
    if (!isTemplated(value)) return 'plain'
    const compiled = compile(value)
    return (data, options) => render(compiled, data, options)
  }
  if (typeof value !== 'object' || value === null) return 'plain'
  const known = deepCache.get(value)
  if (known !== undefined) return known
  const renderer = Array.isArray(value) ? listRenderer(value) : isMap(value) ? mapRenderer(value) : 'plain'
  deepCache.set(value, renderer)
  return renderer
}

function listRenderer(list: readonly unknown[]): DeepRender | 'plain' {
  const renderers = list.map(deepRenderer)
  if (renderers.every((renderer) => renderer === 'plain')) return 'plain'
  return (data, options) =>
    renderers.map((renderer, i) => (renderer === 'plain' ? list[i] : renderer(data, options)))
}

function mapRenderer(map: Record<string, unknown>): DeepRender | 'plain' {
  const entries = Object.entries(map).map(([key, value]) => ({ key, value, renderer: deepRenderer(value) }))
  if (entries.every((entry) => entry.renderer === 'plain')) return 'plain'
  return (data, options) =>
    Object.fromEntries(
      entries.map(({ key, value, renderer }) => [
        key,
        renderer === 'plain' ? value : renderer(data, options),
      ]),
    )
}

function newRun(data: object, options: RenderOptions): Run {
  const clock = options.clock ?? systemClock
  return {
    root: data,
    budget: options.budget ?? newBudget(options),
    clock,
    strict: options.strict ?? false,
    variables: options.variables,
    out: '',
  }
}

/** Runs a rendering inside another one, on the same budget: a variable of `eval`. */
export function renderInside(text: string, run: Run): string {
  const { program, source } = compile(text)
  if (program === undefined) return source
  const inner: Run = { ...run, out: '' }
  try {
    program.write(inner)
  } catch (error) {
    if (error instanceof PlacedFault) throw new ValueFault(error.message, { cause: error })
    throw error
  }
  return inner.out
}

function placedIn<T>(source: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof PlacedFault)
      throw new ValueError(error.message, source, error.offset, { cause: error.cause })
    // Deep data or deep handles; the process itself is well.
    if (error instanceof RangeError)
      throw new ValueError('this is nested too deeply', source, 0, { cause: error })
    throw error
  }
}
