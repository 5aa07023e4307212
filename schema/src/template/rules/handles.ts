import type { FindingCode } from '../findings.ts'
import type { Reader } from '../read/reader.ts'
import type { TemplatedText } from '../read/reading.ts'
import { suggestion } from '../suggestion.ts'
import { refusedFunctions, textFunctions } from '../text/functions.ts'
import { parseText } from '../text/parse.ts'
import { type CallReference, type References, referencesOf } from '../text/references.ts'
import { TextSyntaxError } from '../text/tokens.ts'
import type { Span, TextTree } from '../text/tree.ts'
import { isTypedAlone } from '../text/typed.ts'
import { checkPath, checkStateText, type Names } from './paths.ts'
import { offsetInScalar } from './position.ts'

const known = new Set(textFunctions)

/** Checks every handle of every templated text: syntax, functions, and what it reads. */
export function checkHandles(reader: Reader, texts: readonly TemplatedText[], names: Names): void {
  // The same text stands in many steps of a large template.
  const parsed = new Map<string, { tree: TextTree; references: References } | TextSyntaxError>()
  for (const text of texts) {
    let result = parsed.get(text.text)
    if (result === undefined) {
      result = parse(text.text)
      parsed.set(text.text, result)
    }
    checkText(reader, text, result, names)
  }
}

function parse(text: string): { tree: TextTree; references: References } | TextSyntaxError {
  try {
    const tree = parseText(text)
    return { tree, references: referencesOf(tree) }
  } catch (error) {
    if (error instanceof TextSyntaxError) return error
    throw error
  }
}

function checkText(
  reader: Reader,
  { place, text, use }: TemplatedText,
  result: { tree: TextTree; references: References } | TextSyntaxError,
  names: Names,
): void {
  const report = (
    span: { start: number },
    code: FindingCode,
    message: string,
    severity?: 'error' | 'warning',
  ) => {
    const offset = offsetInScalar(reader.source, place, text, span.start)
    reader.findings.add(code, offset, place.path, message, severity)
  }
  if (result instanceof TextSyntaxError) {
    const end = result.message.endsWith('?') ? '' : '.'
    report({ start: result.offset }, 'handle-syntax', `This handle cannot be read: ${result.message}${end}`)
    return
  }
  const { tree, references } = result
  for (const call of references.calls) checkCall(call, tree, names, report)
  const reported = new Set<string>()
  for (const reference of longest(references.paths)) {
    const problem = checkPath(reference.path, use, names)
    if (problem === undefined || reported.has(problem.message)) continue
    reported.add(problem.message)
    report(reference, problem.code, problem.message, problem.severity)
  }
  for (const comparison of references.comparisons) {
    const message = checkStateText(comparison.path, comparison.text, use, names)
    if (message !== undefined) report(comparison, 'unknown-state', message)
  }
}

function checkCall(
  call: CallReference,
  tree: TextTree,
  names: Names,
  report: (span: Span, code: FindingCode, message: string) => void,
): void {
  const refusal = Object.hasOwn(refusedFunctions, call.name) ? refusedFunctions[call.name] : undefined
  if (refusal !== undefined) {
    report(call, 'refused-function', `The function ${call.name} is not offered: ${refusal}.`)
  } else if (!known.has(call.name)) {
    report(call, 'unknown-function', `There is no function "${call.name}"${suggestion(call.name, known)}`)
  } else if (call.name === 'typed' && !isTypedAlone(tree)) {
    report(
      call,
      'misplaced-typed',
      '"typed" keeps the type of a value only where the text is nothing but that handle.',
    )
  } else if (call.name === 'eval' || call.name === 'evalCache') {
    const [variable] = call.arguments
    if (variable !== undefined && !names.variables.has(variable)) {
      const hint = suggestion(variable, names.variables)
      report(call, 'unknown-variable', `There is no variable "${variable}"${hint}`)
    }
  }
}

/** `index .step "x" "output"` also reads `.step`; only what is said last about a place is worth a complaint. */
function longest<T extends { readonly path: readonly string[] }>(paths: readonly T[]): T[] {
  return paths.toSorted((a, b) => b.path.length - a.path.length)
}
