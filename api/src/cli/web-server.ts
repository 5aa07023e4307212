import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { whyNotListening } from './preflight.ts'

export interface WebServerOptions {
  readonly host: string
  readonly port: number
  fetch(request: Request, env: object): Response | Promise<Response>
  /** Adds what is no plain request: sockets. */
  attach(server: Server): void
}

const answerPatienceMs = 3_000

/** The one port of a process. Stopping has two halves, because open requests need the parts behind it to end. */
export class WebServer {
  readonly #options: WebServerOptions
  readonly #server: Server
  #closed: Promise<void> | undefined

  constructor(options: WebServerOptions) {
    this.#options = options
    this.#server = createAdaptorServer({ fetch: (request, env) => options.fetch(request, env) }) as Server
    options.attach(this.#server)
  }

  /** Where people reach it from this machine. */
  get origin(): string {
    const address = this.#server.address()
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0
    const { host } = this.#options
    const name = ['0.0.0.0', '::', ''].includes(host) ? 'localhost' : host
    return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
  }

  async listen(): Promise<void> {
    const { host, port } = this.#options
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(whyNotListening(host, port, error)))
      this.#server.listen(port, host, resolve)
    })
  }

  /** From now on nobody new gets in. */
  refuse(): void {
    if (!this.#server.listening) return
    this.#closed ??= new Promise((resolve) => this.#server.close(() => resolve()))
    this.#server.closeIdleConnections()
  }

  /** Waits for the answers that are under way, but not for ever. */
  async finish(): Promise<void> {
    this.#server.closeIdleConnections()
    const late = setTimeout(() => this.#server.closeAllConnections(), answerPatienceMs)
    await this.#closed
    clearTimeout(late)
  }
}
