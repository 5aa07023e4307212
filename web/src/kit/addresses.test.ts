import { describe, expect, it } from 'vitest'
import { addressParts } from './addresses.ts'

describe('web addresses in a text', () => {
  it.each([
    ['no address at all', ['no address at all']],
    ['see https://wiki.example.org/a#b, please', ['see ', 'https://wiki.example.org/a#b', ', please']],
    ['(http://a.example/x?y=1)', ['(', 'http://a.example/x?y=1', ')']],
    ['http://a.example. And http://b.example/', ['', 'http://a.example', '. And ', 'http://b.example/', '']],
    ['javascript://alert(1)', ['javascript://alert(1)']],
  ])('are found in %j', (text, parts) => expect(addressParts(text)).toEqual(parts))
})
