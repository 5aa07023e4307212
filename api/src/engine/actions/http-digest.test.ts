import { describe, expect, it } from 'vitest'
import { answerDigest } from './http-digest.ts'

const cnonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
const asked = { method: 'GET', target: '/dir/index.html', body: '' }
const mufasa = { user: 'Mufasa', password: 'Circle of Life' }
const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
const opaque = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS'
const challenge = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}"`

const responseIn = (header: string | undefined) => /response="([^"]+)"/.exec(header ?? '')?.[1]

describe('digest authentication', () => {
  it('answers the examples of RFC 7616', () => {
    const answers = ['MD5', 'SHA-256'].map((each) =>
      responseIn(answerDigest([challenge(each)], mufasa, asked, cnonce)),
    )
    expect(answers).toEqual([
      '8ca523f5e9506fed4657c9700eebdbec',
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    ])
  })

  it('answers the example of RFC 2617', () => {
    const header =
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    const answer = answerDigest([header], { ...mufasa, password: 'Circle Of Life' }, asked, '0a4f113b')
    expect(responseIn(answer)).toBe('6629fae49393a05397450978507c4ef1')
  })

  it('prefers SHA-256 and finds its challenge among others', () => {
    const headers = ['Basic realm="x"', challenge('MD5'), `Negotiate, ${challenge('SHA-256')}`]
    expect(answerDigest(headers, mufasa, asked)).toContain('algorithm=SHA-256')
  })

  it('covers the body with auth-int and the nonces with -sess', () => {
    const int = 'Digest realm="r", nonce="n", qop="auth-int"'
    const of = (header: string, body: string) =>
      responseIn(answerDigest([header], mufasa, { ...asked, body }, cnonce))
    expect(of(int, 'a')).not.toBe(of(int, 'b'))
    expect(of(challenge('MD5-sess'), '')).not.toBe(of(challenge('MD5'), ''))
  })

  it.each(['Basic realm="x"', 'Digest realm="x"', 'Digest realm="x", nonce="n", algorithm=SHA-512-256'])(
    'does not answer %s',
    (header) => expect(answerDigest([header], mufasa, asked)).toBeUndefined(),
  )
})
