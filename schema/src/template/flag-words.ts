const trueWords = new Set(['true', 'y', 'yes', 'on'])
const falseWords = new Set(['false', 'n', 'no', 'off'])

/** What a word says where a boolean is wanted, in any case, with the words of YAML 1.1; undefined: it is none. */
export function flagOfWord(word: string): boolean | undefined {
  const small = word.toLowerCase()
  if (trueWords.has(small)) return true
  return falseWords.has(small) ? false : undefined
}

/** Is it a word that YAML 1.1, and so µTask, reads as a boolean when it is not in quotes, and YAML 1.2 does not? */
export function isOldFlagWord(word: string): boolean {
  return /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/.test(word)
}
