import type { Facts, Text } from './facts.ts'
import { type Finding, type Floors, isTest, matches } from './files.ts'
import { unitOf } from './floor-rules.ts'

const leadingComment = String.raw`^\s*(?:--[^\n]*\n\s*|/\*[\s\S]*?\*/\s*)*`
const statementWords = [
  String.raw`select\s+[\s\S]+?\sfrom\s`,
  String.raw`insert\s+into\s`,
  String.raw`update\s+\S+(?:\s+\w+)?\s+set\s`,
  String.raw`delete\s+from\s`,
  String.raw`with\s+(?:recursive\s+)?\w+(?:\s*\([^)]*\))?\s+as\s`,
  String.raw`(?:create|alter|drop)\s+(?:or\s+replace\s+|unique\s+|temp\s+)*(?:table|index|view|function|type|database|schema|trigger)\s`,
  String.raw`truncate\s`,
]
const statement = new RegExp(`${leadingComment}(?:${statementWords.join('|')})`, 'i')
const sqlTags = /^(sql|transaction|tx|trx|db|connection|pool)(<[\s\S]*>)?$|\.sql(<[\s\S]*>)?$/
const named = /^\s*(?:--\s*[a-z]\w+|\/\*\s*[a-z]\w+\s*\*\/)/
const write =
  /\b(?:insert\s+into|update|delete\s+from|truncate(?:\s+table)?|merge\s+into)\s+(?:only\s+)?([a-z_]+)/gi
const upperWord = /\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|VALUES|RETURNING)\b/

function isStatement({ text }: Text): boolean {
  return statement.test(text)
}

function isSql(text: Text): boolean {
  return sqlTags.test(text.tag) || isStatement(text)
}

function looksAt({ path }: Facts): boolean {
  return path.startsWith('api/src/') && !isTest(path) && !path.startsWith('api/src/testing/')
}

function checkPlace(facts: Facts): Finding[] {
  const lines = facts.texts.filter(isSql).map(({ line }) => line)
  return lines.map((line) => ({
    rule: 'sql',
    file: facts.path,
    line,
    text: 'SQL stands in store files only',
  }))
}

function checkForm(facts: Facts): Finding[] {
  return facts.texts.filter(isStatement).flatMap(({ text, line, tag }) => {
    const findings: Finding[] = []
    const add = (message: string) => findings.push({ rule: 'sql', file: facts.path, line, text: message })
    if (upperWord.test(text.replace(/--[^\n]*/g, ''))) add('SQL is written in lower case')
    if (tag !== '' && !named.test(text)) add('the first line of a statement is its name in a comment')
    return findings
  })
}

/** Statements stand in the agreed files, in lower case, each with its name on the first line. */
export function checkSql(all: readonly Facts[], floors: Floors): Finding[] {
  return all
    .filter(looksAt)
    .flatMap((facts) => (matches(facts.path, floors.sqlFiles) ? checkForm(facts) : checkPlace(facts)))
}

/** Names of all tables that the migrations make. */
export function tablesOf(migrations: readonly string[]): Set<string> {
  const pattern = /create\s+table\s+(?:if\s+not\s+exists\s+)?([a-z_]+)/gi
  return new Set(migrations.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] ?? '')))
}

function writersOf(facts: readonly Facts[], tables: ReadonlySet<string>): Map<string, Map<string, Facts>> {
  const writers = new Map<string, Map<string, Facts>>()
  for (const each of facts.filter(looksAt)) {
    for (const { text } of each.texts.filter(isSql)) {
      for (const [, table = ''] of text.replace(/--[^\n]*/g, '').matchAll(write)) {
        if (!tables.has(table)) continue
        writers.set(table, (writers.get(table) ?? new Map()).set(unitOf(each.path), each))
      }
    }
  }
  return writers
}

/** A table is written by one unit; others may read it. */
export function checkWriters(all: readonly Facts[], tables: ReadonlySet<string>): Finding[] {
  const findings: Finding[] = []
  for (const [table, units] of writersOf(all, tables)) {
    if (units.size < 2) continue
    const text = `table ${table} is written by ${[...units.keys()].sort().join(' and ')}`
    findings.push({ rule: 'writers', file: [...units.values()].at(-1)!.path, text })
  }
  return findings
}
