import { expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

test('an empty environment is a complete configuration on loopback', () => {
  const config = readConfig({}, false)
  expect(config).toMatchObject({ port: 8080, host: '127.0.0.1', logFormat: 'json', logLevel: 'info' })
  expect(config.dataDir).toMatch(/\/\.stint$/)
  expect(config.databaseUrl).toBeUndefined()
})

test('every wrong variable is named at once', () => {
  const env = {
    PORT: '80a',
    STINT_LOG_LEVEL: 'loud',
    DATABASE_URL: 'mysql://root:hidden@db',
    STINT_ADMIN_PASSWORD: 'short',
  }
  const read = () => readConfig(env, false)
  expect(read).toThrow(ConfigError)
  expect(read).toThrow(/PORT.*\n.*DATABASE_URL.*\n.*STINT_ADMIN_PASSWORD.*\n.*STINT_LOG_LEVEL/)
  expect(read).not.toThrow(/hidden/)
})

test('lists are split and blanks fall away', () => {
  const config = readConfig(
    { STINT_TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1 ,', STINT_TEMPLATES_DIRS: '/a:/b' },
    false,
  )
  expect(config.trustedProxies).toEqual(['10.0.0.0/8', '127.0.0.1'])
  expect(config.templatesDirs).toEqual(['/a', '/b'])
})

test('a public address has no slash at its end', () => {
  expect(readConfig({ STINT_PUBLIC_URL: 'https://stint.example/' }, false).publicUrl).toBe(
    'https://stint.example',
  )
})
