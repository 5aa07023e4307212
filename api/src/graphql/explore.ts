import { randomBytes } from 'node:crypto'
import { type Actor, can, refused } from '../domains/access/model.ts'

/** Is it a person's browser that comes by, and not a program with a question? */
export function asksForPage(request: Request): boolean {
  const accepts = request.headers.get('accept') ?? ''
  return (
    request.method === 'GET' &&
    accepts.includes('text/html') &&
    !new URL(request.url).searchParams.has('query')
  )
}

const welcome = `# All that can be read, changed and watched here.
# The book on the left explains every word.
query Welcome {
  me {
    name
    permissions
  }
  tasks(first: 5) {
    edges {
      node {
        title
        state
        result
        progress
      }
    }
  }
}
`

function plain(status: number, text: string): Response {
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

/** GraphiQL, for those who may explore; a sentence for the others. */
export async function explorePage(actor: Actor | undefined): Promise<Response> {
  if (actor === undefined) return plain(401, 'Sign in first; then this page lets you explore the API.')
  if (!can(actor, 'graphql.explore')) return plain(403, refused('graphql.explore').message)
  // Nine megabytes that most processes never need.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql')
  const nonce = randomBytes(16).toString('base64')
  const html = renderGraphiQL({
    title: 'Stint: explore the API',
    endpoint: '/graphql',
    defaultQuery: welcome,
    headers: JSON.stringify({ 'x-stint': '1' }),
    shouldPersistHeaders: true,
    subscriptionsProtocol: 'WS',
  })
  return new Response(String(html).replace(/<script>/, `<script nonce="${nonce}">`), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        "default-src 'self'",
        `script-src 'nonce-${nonce}' blob:`,
        'worker-src blob:',
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "frame-ancestors 'none'",
      ].join('; '),
    },
  })
}
