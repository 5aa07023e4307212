import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { CliError } from './exit.ts'
import { normalUrl, Settings } from './settings.ts'

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'stint-settings-'))
})
afterEach(() => rmSync(home, { recursive: true }))

const settings = (more: Record<string, string> = {}) => new Settings({ XDG_CONFIG_HOME: home, ...more })
const file = () => join(home, 'stint/config.json')

describe('where the server is', () => {
  it.each([
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['https://Stint.Example.org/', 'https://stint.example.org'],
    ['https://example.org/stint/', 'https://example.org/stint'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
  ])('%s is %s', (text, url) => expect(normalUrl(text)).toBe(url))

  it.each(['', 'http://', 'a b'])('%j is nowhere', (text) => expect(() => normalUrl(text)).toThrow(CliError))

  it('is what is named, then the environment, then the last login, then this machine', () => {
    expect(settings().url(undefined)).toBe('http://127.0.0.1:8080')
    settings().saveLogin('http://a.test', { token: 't', user: 'u' })
    expect(settings().url(undefined)).toBe('http://a.test')
    expect(settings({ STINT_URL: 'b.test' }).url(undefined)).toBe('http://b.test')
    expect(settings({ STINT_URL: 'b.test' }).url('c.test')).toBe('http://c.test')
  })
})

describe('tokens', () => {
  it('are kept for each server, for nobody else to read', () => {
    settings().saveLogin('http://a.test', { token: 'ta', user: 'u' })
    settings().saveLogin('http://b.test', { token: 'tb', user: 'u' })
    expect([
      settings().token('http://a.test'),
      settings().token('http://b.test'),
      settings().token('http://c.test'),
    ]).toEqual(['ta', 'tb', undefined])
    expect([statSync(file()).mode & 0o777, statSync(join(home, 'stint')).mode & 0o777]).toEqual([
      0o600, 0o700,
    ])
  })

  it('lose foreign readers when they are written again', () => {
    settings().saveLogin('http://a.test', { token: 'ta', user: 'u' })
    writeFileSync(file(), readFileSync(file()), { mode: 0o644 })
    settings().saveLogin('http://a.test', { token: 'tb', user: 'u' })
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('of the environment come first', () => {
    settings().saveLogin('http://a.test', { token: 'ta', user: 'u' })
    expect(settings({ STINT_TOKEN: 'te' }).token('http://a.test')).toBe('te')
    expect(settings({ STINT_TOKEN: '' }).token('http://a.test')).toBe('ta')
  })

  it('are gone after the logout', () => {
    settings().saveLogin('http://a.test', { token: 'ta', user: 'u' })
    settings().removeLogin('http://a.test')
    expect(readFileSync(file(), 'utf8')).not.toContain('ta')
  })

  it('in a file that somebody has spoilt are a clear error', () => {
    settings().saveLogin('http://a.test', { token: 'ta', user: 'u' })
    writeFileSync(file(), '{')
    expect(() => settings().token('http://a.test')).toThrow(/config\.json cannot be read/)
  })
})
