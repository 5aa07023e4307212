import { expect, test } from 'vitest'
import { readConfig } from '../../base/config.ts'
import { requestFacts } from './address.ts'
import { isOwnOrigin, refuseCrossSite } from './cross-site.ts'

const config = {
  ...readConfig({ STINT_PUBLIC_URL: 'https://stint.example' }),
  trustedProxies: ['10.0.0.1'],
}

const factsOf = (headers: Record<string, string>, remote = '192.0.2.1') =>
  requestFacts(new Headers({ host: 'stint.lan:8080', ...headers }), remote)

test.each<[string, Record<string, string>, string, boolean]>([
  ['no origin at all, as programs', {}, '192.0.2.1', true],
  ['the host that was asked', { origin: 'http://stint.lan:8080' }, '192.0.2.1', true],
  ['the public address', { origin: 'https://stint.example' }, '192.0.2.1', true],
  ['another port', { origin: 'http://stint.lan:8081' }, '192.0.2.1', false],
  ['a name that begins like ours', { origin: 'http://stint.lan:8080.evil.example' }, '192.0.2.1', false],
  ['a sandboxed frame', { origin: 'null' }, '192.0.2.1', false],
  ['nonsense', { origin: 'evil' }, '192.0.2.1', false],
  ['no origin, but the browser says cross-site', { 'sec-fetch-site': 'cross-site' }, '192.0.2.1', false],
  ['no origin, but the browser says same-site', { 'sec-fetch-site': 'same-site' }, '192.0.2.1', false],
  ['typed into the address bar', { 'sec-fetch-site': 'none' }, '192.0.2.1', true],
  [
    'what a stranger says was asked',
    { origin: 'https://x.example', 'x-forwarded-host': 'x.example' },
    '192.0.2.1',
    false,
  ],
  [
    'what our proxy says was asked',
    { origin: 'https://x.example', 'x-forwarded-host': 'x.example' },
    '10.0.0.1',
    true,
  ],
])('%s', (_, headers, remote, isOwn) => {
  expect(isOwnOrigin(config, factsOf(headers, remote))).toBe(isOwn)
})

const password = `Basic ${Buffer.from('ann:x').toString('base64')}`
const own = { 'x-stint': '1' }

test.each<[string, Record<string, string>, string, boolean]>([
  ['a cookie without our header', { cookie: 'stint_session=x' }, '192.0.2.1', true],
  ['a cookie with our header', { cookie: 'stint_session=x', ...own }, '192.0.2.1', false],
  ['another cookie only', { cookie: 'theme=dark' }, '192.0.2.1', false],
  ['a person named by our proxy without our header', { 'x-remote-user': 'ann' }, '10.0.0.1', true],
  ['a person named by our proxy with our header', { 'x-remote-user': 'ann', ...own }, '10.0.0.1', false],
  ['a person named by a stranger', { 'x-remote-user': 'ann' }, '192.0.2.1', false],
  [
    'a password that a browser remembers',
    { authorization: password, origin: 'http://stint.lan:8080' },
    '192.0.2.1',
    true,
  ],
  ['a password that a program sends', { authorization: password }, '192.0.2.1', false],
  [
    'a password of another site',
    { authorization: password, origin: 'https://evil.example', ...own },
    '192.0.2.1',
    true,
  ],
  [
    'a token, wherever it comes from',
    { authorization: 'Bearer x', origin: 'https://tool.example' },
    '192.0.2.1',
    false,
  ],
  ['a cookie beside a token', { authorization: 'Bearer x', cookie: 'stint_session=x' }, '192.0.2.1', false],
])('a write with %s', (_, headers, remote, isRefused) => {
  const write = () => refuseCrossSite(config, factsOf(headers, remote))
  if (isRefused) expect(write).toThrow(expect.objectContaining({ code: 'cross-site' }))
  else expect(write).not.toThrow()
})
