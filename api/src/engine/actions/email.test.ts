import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type ActionRunOptions, runAction } from '../../testing/action.ts'
import { testAuthority } from '../../testing/certificate.ts'
import { localOutbound } from '../../testing/outbound.ts'
import { serveSmtp, type TestSmtpOptions } from '../../testing/smtp.ts'
import { emailAction } from './email.ts'

const authority = testAuthority()
const certificate = authority.issue('mail.test', ['mail.test'])

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function serve(options?: TestSmtpOptions) {
  const server = await serveSmtp(options)
  closing.push(server.close)
  return server
}

const action = emailAction({ outbound: localOutbound() })
const letter = {
  smtp_hostname: 'mail.test',
  from_address: 'stint@example.org',
  to: ['ada@example.org'],
  subject: 'Ready',
  body: 'It is ready.',
}

const send = (port: number, more: Record<string, unknown> = {}, options?: ActionRunOptions) =>
  runAction(action, { ...letter, smtp_port: String(port), ...more }, options)

describe('a mail', () => {
  it('arrives with its headers, for everybody it is for', async () => {
    const { port, mails } = await serve()
    const { result, log } = await send(port, {
      from_name: 'Stint (ärger)',
      to: ['Ada <ada@example.org>', 'bob@example.org'],
      cc: ['cc@example.org'],
      bcc: ['bcc@example.org'],
      reply_to: 'answers@example.org',
      html: '<p>It is ready.</p>',
    })
    expect(mails).toHaveLength(1)
    expect(mails[0]).toMatchObject({
      from: 'stint@example.org',
      to: ['ada@example.org', 'bob@example.org', 'cc@example.org', 'bcc@example.org'],
    })
    const text = mails[0]?.text ?? ''
    for (const part of [
      /^Subject: Ready\r$/m,
      /^Reply-To: answers@example.org\r$/m,
      /text\/plain/,
      /text\/html/,
    ])
      expect(text).toMatch(part)
    expect(text).not.toContain('bcc@example.org')
    expect(result?.output).toMatchObject({
      from_address: 'stint@example.org',
      subject: 'Ready',
      body: 'It is ready.',
    })
    expect(result?.metadata).toMatchObject({ message_id: '<attempt-key@stint>', rejected: [] })
    expect(text).toContain('Message-ID: <attempt-key@stint>')
    expect(log.map((line) => line.text).join('')).toContain('took it for ada@example.org, bob@example.org')
  })

  it('whose body begins with a tag is HTML', async () => {
    const { port, mails } = await serve()
    await send(port, { body: '<h1>Ready</h1>' })
    expect(mails[0]?.text).toContain('Content-Type: text/html')
  })

  it('cannot be given more headers by an input', async () => {
    const { port, mails } = await serve()
    await send(port, { subject: 'Ready\r\nBcc: evil@example.org', from_name: 'x\r\nX-Evil: 1' })
    expect(mails[0]?.to).toEqual(['ada@example.org'])
    expect(mails[0]?.text).not.toMatch(/^(Bcc|X-Evil):/m)
  })
})

describe('the way to the server', () => {
  it('is encrypted when the server offers it, and the password goes only there', async () => {
    const users = { stint: 'open sesame' }
    const { port, mails } = await serve({ certificate, users })
    const more = { smtp_username: 'stint', smtp_password: 'open sesame', smtp_root_ca: authority.cert }
    expect((await send(port, more)).error).toBeUndefined()
    expect(mails[0]).toMatchObject({ isEncrypted: true, user: 'stint' })
    const plain = await serve({ users })
    const { error } = await send(plain.port, more)
    expect(error).toMatchObject({ kind: 'client', message: expect.stringMatching(/TLS/i) })
    expect(plain.mails).toEqual([])
    expect((await send(plain.port, { ...more, smtp_security: 'none' })).error).toBeUndefined()
  })

  it('may be encrypted from the start', async () => {
    const { port, mails } = await serve({ certificate, secure: true })
    expect((await send(port, { smtp_security: 'tls', smtp_root_ca: authority.cert })).error).toBeUndefined()
    expect(mails[0]?.isEncrypted).toBe(true)
  })

  it('is not taken when nobody vouches for the certificate, unless that is wanted', async () => {
    const { port, mails } = await serve({ certificate })
    const { error } = await send(port, { smtp_security: 'starttls' })
    expect(error?.kind).toBe('server')
    expect(mails).toEqual([])
    expect(
      (await send(port, { smtp_security: 'starttls', smtp_skip_tls_verify: 'true' })).error,
    ).toBeUndefined()
  })

  it('is open only to allowed addresses', async () => {
    const { port } = await serve()
    const strict = emailAction({ outbound: localOutbound([]) })
    const { error } = await runAction(strict, { ...letter, smtp_port: port })
    expect(error).toMatchObject({ kind: 'client', message: expect.stringContaining('outbound_allow') })
  })
})

describe('a server that does not take it', () => {
  it.each([
    [550, 'client'],
    [450, 'server'],
  ])('with %i is a %s error', async (code, kind) => {
    const { port } = await serve({ refuse: () => ({ code, text: 'not here' }) })
    const { error } = await send(port)
    expect(error).toMatchObject({ kind, message: expect.stringContaining('not here') })
  })

  it('for one of several is told', async () => {
    const { port, mails } = await serve({
      refuse: (address) => (address.startsWith('bob') ? { code: 550, text: 'no bob' } : undefined),
    })
    const { result, log } = await send(port, { to: ['ada@example.org', 'bob@example.org'] })
    expect(result?.metadata).toMatchObject({ accepted: ['ada@example.org'], rejected: ['bob@example.org'] })
    expect(log.map(({ text }) => text).join('')).toContain('Warning: not for bob@example.org')
    expect(mails).toHaveLength(1)
  })

  it('because of the password is a client error', async () => {
    const { port } = await serve({ certificate, users: { stint: 'right' } })
    const more = { smtp_username: 'stint', smtp_password: 'wrong', smtp_root_ca: authority.cert }
    expect((await send(port, more)).error?.kind).toBe('client')
  })

  it('because nobody listens, or nobody says anything, is a server error', async () => {
    const { port, close } = await serve()
    closing.pop()
    await close()
    expect((await send(port)).error).toMatchObject({
      kind: 'server',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    const silent = createServer((socket) => socket.on('error', () => {}))
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
    closing.push(() => silent.close())
    const { port: silentPort } = silent.address() as { port: number }
    expect((await send(silentPort, { timeout: '200ms' })).error).toMatchObject({
      kind: 'server',
      message: expect.stringContaining('within 200 ms'),
    })
    const stop = new AbortController()
    silent.once('connection', () => stop.abort('cancelled'))
    expect((await send(silentPort, {}, { signal: stop.signal })).error?.message).toContain(
      'stopped: cancelled',
    )
  })
})

it('the check before a run finds what is wrong', () => {
  const check = (more: object) => action.check?.({ ...letter, ...more }).join() ?? ''
  expect(check({})).toBe('')
  expect(check({ smtp_port: '0' })).toContain('smtp_port')
  expect(check({ smtp_port: '{{.input.port}}' })).toBe('')
  expect(check({ smtp_security: 'ssl' })).toContain('smtp_security must be one of auto')
  expect(check({ body: undefined })).toBe('body must be given.')
})
