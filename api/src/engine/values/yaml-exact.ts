import { isScalar, parseDocument, visit } from 'yaml'
import { parseJson } from '../../base/exact-json.ts'

/** As JSON writes numbers; only such a one can be kept by its text. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** YAML 1.2 as data, aliases bounded; numbers keep their digits, as those of JSON do. Throws. */
export function exactYaml(text: string): unknown {
  const document = parseDocument(text, { logLevel: 'error' })
  const [error] = document.errors
  if (error !== undefined) throw error
  visit(document, (_, node) => {
    if (!isScalar(node) || typeof node.value !== 'number' || node.source === undefined) return
    if (jsonNumber.test(node.source)) node.value = parseJson(node.source)
  })
  return document.toJS({ maxAliasCount: 100 })
}
