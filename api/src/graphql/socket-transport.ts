import type { Server } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Logger } from '../base/log.ts'

const pingMs = 15_000

/** A peer that fell silent (a laptop that was closed) is found out by the second unanswered ping. */
function keepAsking(socket: WebSocket): () => void {
  let answered = true
  socket.on('pong', () => {
    answered = true
  })
  const timer = setInterval(() => {
    if (!answered) return socket.terminate()
    answered = false
    socket.ping()
  }, pingMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** Resolves when the bytes have left us: that is what makes a slow reader wait for himself and for nobody else. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) return resolve()
    socket.send(text, (error) => (error && socket.readyState === socket.OPEN ? reject(error) : resolve()))
  })
}

/**
 * Carries one socket for the protocol's own server. Written out instead of graphql-ws' adapter for `ws`, because that writes what
 * a hostile client does to the console and, outside of production, the text of our errors to the client.
 */
export function carry<E>(server: Server<E>, socket: WebSocket, extra: E, log: Logger): void {
  const fail = (err: unknown) => {
    log.error({ err }, 'A message on a socket could not be handled.')
    socket.close(1011, 'Internal server error')
  }
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) => socket.on('message', (message) => void handle(String(message)).catch(fail)),
    },
    extra,
  )
  const stopAsking = keepAsking(socket)
  socket.on('error', (error) => log.debug({ reason: error.message }, 'A socket failed.'))
  socket.once('close', (code, reason) => {
    stopAsking()
    closed(code, String(reason)).catch(fail)
  })
}
