import { type Command, InvalidArgumentError, type Option } from 'commander'
import { nearName } from './near-name.ts'

/** Where an option of these commands takes one of several words, another word is refused with the one that was probably meant. */
export function nameNearChoices(command: Command): void {
  command.options.forEach(nameNearChoice)
  command.commands.forEach(nameNearChoices)
}

function nameNearChoice(option: Option): void {
  const { argChoices: choices, parseArg: take } = option
  if (choices === undefined) return
  option.argParser((word: string, previous: unknown) => {
    if (choices.includes(word)) return take?.call(option, word, previous)
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}${nearName(word, choices)}`)
  })
}
