import { expect, test } from 'vitest'
import { type FileFinding, lintReport, reportLines, sumLine } from './findings-text.ts'

const finding: FileFinding = {
  file: 'a,b:c.yaml',
  line: 3,
  column: 7,
  severity: 'error',
  code: 'unknown-key',
  path: 'steps',
  message: '100% "wrong"\n::error::injected\u001b[31m',
}
const report = lintReport([finding, { ...finding, severity: 'warning', message: 'odd' }], 2)

test('for people a line in the form that editors jump to', () => {
  expect(reportLines(report, 'text')).toEqual([
    'a,b:c.yaml:3:7: error: 100% "wrong" ::error::injected [31m [unknown-key]',
    'a,b:c.yaml:3:7: warning: odd [unknown-key]',
  ])
  expect(sumLine(report)).toBe('1 error, 1 warning, 2 files')
})

test('for a GitHub workflow an annotation, in which nothing of the file can end the line or begin another', () => {
  expect(reportLines(report, 'github')[0]).toBe(
    '::error file=a%2Cb%3Ac.yaml,line=3,col=7,title=unknown-key::100%25 "wrong" ::error::injected [31m',
  )
})

test('for programs JSON', () => {
  expect(JSON.parse(reportLines(report, 'json')[0] as string)).toEqual(report.findings)
})
