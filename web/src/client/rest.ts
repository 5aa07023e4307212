import { problemOfBody, RestProblem } from './problems.ts'

// The server accepts a cookie only together with this header: no other site's form can send it.
export const ownHeaders = { 'x-stint': '1' }

async function bodyOf(response: Response): Promise<Record<string, unknown>> {
  const kind = response.headers.get('content-type') ?? ''
  return kind.includes('json') ? await response.json() : {}
}

/** Calls one of our REST routes. Throws RestProblem for every answer that is not a success. */
export async function callRest<Answer>(
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<Answer> {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? ownHeaders : { ...ownHeaders, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  })
  const answer = await bodyOf(response)
  if (!response.ok) throw new RestProblem(problemOfBody(answer))
  return answer as Answer
}
