import { parseJson } from '../../../base/exact-json.ts'
import { ValueFault } from '../fault.ts'
import { jsonOf, Measure } from '../print.ts'
import { type FunctionEntry, type TextFunction, takes } from '../run.ts'
import { owned, textOf } from './arguments.ts'

const goJson: TextFunction = ([value], run) => escaped(JSON.stringify(jsonOf(value, true, run.budget)))
const prettyJson: TextFunction = ([value], run) =>
  escaped(JSON.stringify(jsonOf(value, true, run.budget), undefined, 2))
const rawJson: TextFunction = ([value], run) => JSON.stringify(jsonOf(value, true, run.budget))

/** Numbers keep their text in both directions; µTask's fromJson makes floats of them and prints 1.234567e+06. */
export const jsonFunctions: Record<string, FunctionEntry> = {
  toJson: takes(1, 1, goJson),
  mustToJson: takes(1, 1, goJson),
  // µTask's name before 1.5.
  jsonmarshal: takes(1, 1, goJson),
  toPrettyJson: takes(1, 1, prettyJson),
  mustToPrettyJson: takes(1, 1, prettyJson),
  toRawJson: takes(1, 1, rawJson),
  mustToRawJson: takes(1, 1, rawJson),
  fromJson: takes(1, 1, ([text], run) => {
    try {
      return owned(parseJson(textOf(text, 'fromJson')), new Measure(run.budget))
    } catch (error) {
      if (error instanceof SyntaxError) return undefined
      throw error
    }
  }),
  mustFromJson: takes(1, 1, ([text], run) => {
    try {
      return owned(parseJson(textOf(text, 'mustFromJson')), new Measure(run.budget))
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw new ValueFault(`this is not JSON: ${error.message}`, { cause: error })
    }
  }),
}

/** Go escapes these in JSON; the raw form does not. */
function escaped(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
