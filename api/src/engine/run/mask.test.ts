import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../base/exact-json.ts'
import { LogBuffer } from './log-buffer.ts'
import { Masker, maskText, SharedSecrets } from './mask.ts'

describe('a secret', () => {
  const secret = 'p4$$ w/"ö"'
  const masker = new Masker([secret])

  it.each([
    ['as it is', secret],
    ['as JSON writes it', JSON.stringify({ secret })],
    ['in a URL', `?key=${encodeURIComponent(secret)}`],
    ['in base64', Buffer.from(secret).toString('base64')],
  ])('%s is not to be seen', (_, text) => {
    const masked = masker.mask(`before ${text} after`)
    expect(masked).toContain(maskText)
    expect(masked).toMatch(/^before .* after$/)
    expect(masked).not.toContain(secret)
  })

  it('of several lines is masked line by line', () => {
    const key = new Masker(['-----BEGIN-----\nabcdef\n-----END-----'])
    expect(key.mask('> abcdef')).toBe(`> ${maskText}`)
  })

  it('of two or three letters is left: masking it would hide half of every text', () => {
    expect(new Masker(['ab']).mask('abba')).toBe('abba')
  })

  it('is masked in keys and values of JSON', () => {
    expect(masker.maskDeep({ [secret]: [1, secret] })).toEqual({ [maskText]: [1, maskText] })
    const number = new Masker(['12345678901234567890'])
    expect(JSON.stringify(number.maskDeep(parseJson('[1.50, 12345678901234567890]')))).toBe(
      `[1.50,"${maskText}"]`,
    )
  })
})

describe('secrets that all tasks share', () => {
  it('are masked from the moment they are known, also by who was there before', () => {
    const shared = new SharedSecrets()
    const [plain, own] = [new Masker([], shared), new Masker(['mine-own'], shared)]
    expect(plain.mask('tops3cret')).toBe('tops3cret')
    shared.add(['tops3cret'])
    expect(plain.mask('a tops3cret')).toBe(`a ${maskText}`)
    expect(own.mask('mine-own tops3cret')).toBe(`${maskText} ${maskText}`)
  })

  it('that are numbers hide that number and no longer one', () => {
    const shared = new SharedSecrets()
    shared.add(['4711'])
    const masker = new Masker([], shared)
    expect(masker.mask('pin 4711, at 14711 and 4711.')).toBe(`pin ${maskText}, at 14711 and ${maskText}.`)
    expect(masker.maskDeep({ pin: 4711, other: 47110 })).toEqual({ pin: maskText, other: 47110 })
  })
})

it('a log shows no secret however it is cut into pieces, and loses nothing else', () => {
  const secret = 'tops3cret-value'
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', 'line\n', secret, 'tops3', 'cret', ' '), { maxLength: 20 }),
      fc.array(fc.nat(40), { maxLength: 30 }),
      fc.array(fc.boolean(), { maxLength: 30 }),
      (parts, cuts, takes) => {
        const text = parts.join('')
        const log = new LogBuffer(new Masker([secret]))
        const seen: string[] = []
        let from = 0
        for (const [index, length] of [...cuts, text.length].entries()) {
          log.add(text.slice(from, from + length), 'stdout')
          from += length
          if (takes[index]) seen.push(...log.take(false).map((chunk) => chunk.text))
        }
        seen.push(...log.take(true).map((chunk) => chunk.text))
        expect(seen.join('')).toBe(text.replaceAll(secret, maskText))
      },
    ),
    { numRuns: 2000 },
  )
})

it('a secret with half a character in it is masked as it is, and as it is stored', () => {
  const masker = new Masker(['\ud800hunter2'])
  expect(masker.mask('a \ud800hunter2 b \ufffdhunter2 c %EF%BF%BDhunter2')).toBe(
    `a ${maskText} b ${maskText} c ${maskText}`,
  )
})
