import { expect, test } from 'vitest'
import { parseJson } from '../../base/exact-json.ts'
import { ValueError } from './fault.ts'
import { goData, goResults, ownResults } from './go-results.ts'
import { renderText } from './template.ts'

const data = { input: parseJson(goData) }

function rendered(text: string): string {
  try {
    return renderText(text, data)
  } catch (error) {
    if (error instanceof ValueError) return 'error'
    throw error
  }
}

test.each(goResults)('%s is what Go makes of it', (text, result) => {
  expect(rendered(text)).toBe(result)
})

test.each(ownResults)('%s is not what Go makes of it: %s, but %s, because %s', (text, go, ours) => {
  expect(rendered(text)).toBe(ours)
  expect(ours).not.toBe(go)
})
