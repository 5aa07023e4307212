import { expect, it } from 'vitest'
import { proseBlocks } from './prose.ts'

it('joins lines that an editor broke, and keeps what an author separated', () => {
  expect(proseBlocks('One\nsentence.\n\nAnother.')).toEqual([
    { kind: 'paragraph', texts: ['One sentence.'] },
    { kind: 'paragraph', texts: ['Another.'] },
  ])
})

it('makes a list of lines that begin with a star or a dash', () => {
  expect(proseBlocks('See:\n* first\n  goes on\n- second\n\nAfter.')).toEqual([
    { kind: 'paragraph', texts: ['See:'] },
    { kind: 'list', texts: ['first goes on', 'second'] },
    { kind: 'paragraph', texts: ['After.'] },
  ])
})

it('is empty for nothing', () => {
  expect(proseBlocks('\n \n')).toEqual([])
})
