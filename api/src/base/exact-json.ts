/*
 * JSON whose numbers keep their digits: where JavaScript's number would lose some (1.50, 2^53 + 1, 1e400), a value holds the text of
 * the number as JSON.rawJSON, which JSON.stringify writes back unchanged.
 */
interface ExactNumber {
  readonly rawJSON: string
}

export const exactJson = JSON as unknown as {
  rawJSON(text: string): ExactNumber
  isRawJSON(value: unknown): value is ExactNumber
}

/** A data number whose text JavaScript would not keep: `1.50`, 2^53 + 1, `1e400`. */
export function isExactNumber(value: unknown): value is ExactNumber {
  return typeof value === 'object' && exactJson.isRawJSON(value)
}

/** Texts without such a run hold only numbers that JavaScript keeps; the test is far cheaper than a reviver. */
const suspicious = /(?:\d\.?){16}|\.\d*0(?!\d)|0\.0{6}|\d[eE][+-]?\d|-0(?![.\d])/

/** JSON.parse that keeps every number's text. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  if (!suspicious.test(text)) return JSON.parse(text)
  return (JSON.parse as (text: string, reviver: Reviver) => unknown)(text, (_, value, context) =>
    typeof value === 'number' && context.source !== String(value)
      ? exactJson.rawJSON(context.source as string)
      : value,
  )
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown
