import { isMap, isScalar, isSeq } from 'yaml'
import type { Place, Reader } from '../read/reader.ts'
import { nearest, suggestion } from '../suggestion.ts'

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']
/** Keywords whose value holds a schema for each of its keys, is a schema (or a list of them), and all others. */
const ofNames = 'properties patternProperties definitions $defs dependencies dependentSchemas'.split(' ')
const ofOne =
  'items prefixItems additionalItems contains additionalProperties propertyNames not if then else allOf anyOf oneOf unevaluatedItems unevaluatedProperties'.split(
    ' ',
  )
const others =
  '$schema version id $id $ref $anchor $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor $vocabulary $comment title description default example examples deprecated readOnly writeOnly nullable discriminator format contentEncoding contentMediaType contentSchema type enum const multipleOf minimum maximum exclusiveMinimum exclusiveMaximum minLength maxLength pattern minItems maxItems uniqueItems minContains maxContains minProperties maxProperties required dependentRequired'.split(
    ' ',
  )
const keywords = [...ofNames, ...ofOne, ...others]
const depthMax = 64

/**
 * Words of a JSON Schema that are nearly right. One that is no keyword checks nothing, so a slip of the pen is only told of; a type
 * that does not exist is an error. Answers whether there was one.
 */
export function checkSchemaWords(reader: Reader, place: Place, depth = 0): boolean {
  if (isSeq(place.node)) {
    return reader
      .items(place, 'this')
      .map((item) => checkSchemaWords(reader, item, depth + 1))
      .includes(true)
  }
  if (!isMap(place.node) || depth > depthMax) return false
  let isWrong = false
  for (const { name, key, value } of reader.entries(place, 'a JSON Schema')) {
    if (name === 'type') isWrong = checkTypes(reader, value) || isWrong
    else if (ofOne.includes(name)) isWrong = checkSchemaWords(reader, value, depth + 1) || isWrong
    else if (ofNames.includes(name) && isMap(value.node)) {
      for (const named of reader.entries(value, name))
        isWrong = checkSchemaWords(reader, named.value, depth + 1) || isWrong
    } else if (!keywords.includes(name) && nearest(name, keywords) !== undefined) {
      const message = `JSON Schema has no "${name}", so this checks nothing${suggestion(name, keywords)}`
      reader.fault(key, 'unknown-key', message, 'warning')
    }
  }
  return isWrong
}

function checkTypes(reader: Reader, place: Place): boolean {
  const named = isSeq(place.node) ? reader.items(place, 'type') : [place]
  const wrong = named.filter(({ node }) => isScalar(node) && !types.includes(String(node.value)))
  for (const at of wrong) {
    const word = isScalar(at.node) ? String(at.node.value) : ''
    const message = `JSON Schema has no type "${word}", only ${types.join(', ')}${suggestion(word, types)}`
    reader.fault(at, 'invalid-schema', message)
  }
  return wrong.length > 0
}
