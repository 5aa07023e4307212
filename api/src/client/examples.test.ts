import { expect, it } from 'vitest'
import { commandAt, examples } from './examples.ts'
import { stintProgram } from './program.ts'

const program = stintProgram({ code: 0 }, '0.0.0')

it.each(Object.entries(examples))('the examples of %s are lines that it takes', async (path, lines) => {
  const command = commandAt(program, path.split(' '))
  expect(command?.name()).toBe(path.split(' ').at(-1))
  for (const line of lines) {
    expect(line.startsWith(`stint ${path}`)).toBe(true)
    const words = (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^['"]|['"]$/g, ''))
    const redirected = words.indexOf('<')
    const typed = words.slice(1 + path.split(' ').length, redirected < 0 ? undefined : redirected)
    const known = [...(command?.options ?? []), ...program.options]
    const options = typed.filter((word) => /^--?[a-z]/.test(word))
    expect(
      options.filter((word) => !known.some(({ long, short }) => long === word || short === word)),
    ).toEqual([])
    const needed = command?.registeredArguments.filter(({ required }) => required).length ?? 0
    expect(typed.length).toBeGreaterThanOrEqual(needed)
  }
})
