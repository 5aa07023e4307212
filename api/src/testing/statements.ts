import type { Sql } from '../postgres/connect.ts'

/** A pool that notes the name of every statement it sends: the comment that each of ours begins with. */
export function notingStatements(sql: Sql): { sql: Sql; statements: string[] } {
  const statements: string[] = []
  const noting = new Proxy(sql, {
    apply(target, self, args: unknown[]) {
      const query = Reflect.apply(target as unknown as (...all: unknown[]) => object, self, args)
      const [parts] = args
      if (!Array.isArray(parts) || !('raw' in parts)) return query
      const name = /(?:--|\/\*)\s*(\w+)/.exec(String(parts[0]))?.[1] ?? String(parts[0]).trim().slice(0, 40)
      noteWhenSent(query, () => statements.push(name))
      return query
    },
  })
  return { sql: noting, statements }
}

/** The driver sends a query when somebody asks for its result; a fragment inside of another is never asked. */
function noteWhenSent(query: object, note: () => void): void {
  const ask = Reflect.get(query, 'then') as (...args: unknown[]) => unknown
  let noted = false
  Object.defineProperty(query, 'then', {
    configurable: true,
    value(...args: unknown[]) {
      if (!noted) note()
      noted = true
      return ask.apply(query, args)
    },
  })
}
