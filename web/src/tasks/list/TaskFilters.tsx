import { Switch } from '@patternfly/react-core'
import { taskResults, taskStates } from '@stint/schema/words'
import type { TaskListSearch } from '../../client/search.ts'
import { sentenceCase } from '../../client/words.ts'
import { type Chip, FilterBar } from '../../kit/filter/FilterBar.tsx'
import { TextFilter } from '../../kit/filter/TextFilter.tsx'
import { WordFilter } from '../../kit/filter/WordFilter.tsx'

interface TaskFiltersProps {
  readonly search: TaskListSearch
  readonly onChange: (change: Partial<TaskListSearch>) => void
}

function chipsOf(search: TaskListSearch, onChange: TaskFiltersProps['onChange']): Chip[] {
  const without = <Word,>(list: readonly Word[], word: Word) => {
    const rest = list.filter((one) => one !== word)
    return rest.length > 0 ? rest : undefined
  }
  const { state = [], result = [], template } = search
  return [
    ...state.map((word) => ({
      key: `state-${word}`,
      text: `State: ${sentenceCase(word)}`,
      onRemove: () => onChange({ state: without(state, word) }),
    })),
    ...result.map((word) => ({
      key: `result-${word}`,
      text: `Result: ${sentenceCase(word)}`,
      onRemove: () => onChange({ result: without(result, word) }),
    })),
    ...(template
      ? [
          {
            key: 'template',
            text: `Template: ${template}`,
            onRemove: () => onChange({ template: undefined }),
          },
        ]
      : []),
  ]
}

const nothing: TaskListSearch = {
  state: undefined,
  result: undefined,
  template: undefined,
  text: undefined,
  mine: undefined,
}

/** What narrows the list of tasks; it all stands in the address. */
export function TaskFilters({ search, onChange }: TaskFiltersProps) {
  return (
    <FilterBar chips={chipsOf(search, onChange)} onClear={() => onChange(nothing)}>
      <TextFilter label="Find by title or label" text={search.text} onChange={(text) => onChange({ text })} />
      <WordFilter
        label="State"
        words={taskStates}
        chosen={search.state}
        titleOf={sentenceCase}
        onChange={(state) => onChange({ state })}
      />
      <WordFilter
        label="Result"
        words={taskResults}
        chosen={search.result}
        titleOf={sentenceCase}
        onChange={(result) => onChange({ result })}
      />
      <Switch
        id="mine"
        label="Only mine"
        isChecked={search.mine ?? false}
        onChange={(_event, isOn) => onChange({ mine: isOn || undefined })}
      />
    </FilterBar>
  )
}
