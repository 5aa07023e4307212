export interface ProseBlock {
  readonly kind: 'paragraph' | 'list'
  /** One for a paragraph, one for each item of a list. */
  readonly texts: readonly string[]
}

const bullet = /^\s*[*-]\s+/

/**
 * Text as authors of templates write it, with lines broken where their editor broke them: blank lines end a paragraph,
 * a star or dash begins an item of a list, every other line goes on with the one before.
 */
export function proseBlocks(text: string): ProseBlock[] {
  const blocks: { kind: ProseBlock['kind']; texts: string[] }[] = []
  let isOpen = false
  for (const line of text.split('\n')) {
    const last = blocks.at(-1)
    const words = line.trim()
    if (words === '') isOpen = false
    else if (bullet.test(line)) {
      const item = line.replace(bullet, '').trim()
      if (last?.kind === 'list') last.texts.push(item)
      else blocks.push({ kind: 'list', texts: [item] })
      isOpen = true
    } else if (isOpen && last) last.texts[last.texts.length - 1] += ` ${words}`
    else {
      blocks.push({ kind: 'paragraph', texts: [words] })
      isOpen = true
    }
  }
  return blocks
}
