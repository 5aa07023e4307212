import { resolve } from 'node:path'
import { checkLayout } from './layout/check.ts'
import { figuresOf } from './layout/figures.ts'

const root = resolve(import.meta.dirname, '..')
const { facts, findings } = checkLayout(root)

for (const [name, value, aim] of figuresOf(facts)) {
  console.log(`${name.padEnd(38)} ${value}${aim === '' ? '' : `   (aim ${aim})`}`)
}
for (const { rule, file, line, text } of findings) {
  console.log(`${rule.padEnd(11)} ${file}${line === undefined ? '' : `:${line}`}  ${text}`)
}
console.log(`layout: ${facts.length} files, ${findings.length} findings`)
process.exitCode = findings.length === 0 ? 0 : 1
