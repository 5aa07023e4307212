import './log.css'
import { Button, SearchInput, Switch } from '@patternfly/react-core'
import ArrowDownIcon from '@patternfly/react-icons/dist/esm/icons/arrow-down-icon'
import { counted } from '@stint/schema/counted'
import { useId, useState } from 'react'
import { CopyButton } from '../CopyButton.tsx'
import { LogBlockLines } from './LogBlockLines.tsx'
import { type Log, logText } from './lines.ts'
import { useFollow } from './useFollow.ts'

const searchFrom = 10

interface LogViewProps {
  readonly log: Log
  readonly label: string
  /** More may come. */
  readonly isLive: boolean
  readonly emptyText: string
}

/** Output as it arrives: follows its end until the reader scrolls up, finds text, keeps the colours. */
export function LogView({ log, label, isLive, emptyText }: LogViewProps) {
  const id = useId()
  const [search, setSearch] = useState('')
  const [isWrapped, setWrapped] = useState(true)
  const [hasTimes, setTimes] = useState(false)
  const { frame, isFollowing, follow, onScroll } = useFollow(log.lineCount)
  const classes = ['st-log', isWrapped && 'st-log--wrapped', hasTimes && 'st-log--times']
    .filter(Boolean)
    .join(' ')
  return (
    <div className={classes}>
      <div className="st-log__bar">
        {log.lineCount >= searchFrom && (
          <SearchInput
            aria-label="Find in the output"
            placeholder="Find in the output"
            value={search}
            onChange={(_event, value) => setSearch(value)}
            onClear={() => setSearch('')}
          />
        )}
        <Switch
          id={`${id}-wrap`}
          label="Wrap"
          isChecked={isWrapped}
          onChange={(_event, on) => setWrapped(on)}
        />
        <Switch
          id={`${id}-times`}
          label="Times"
          isChecked={hasTimes}
          onChange={(_event, on) => setTimes(on)}
        />
        <span className="st-log__count">{counted(log.lineCount, 'line')}</span>
        <CopyButton text={logText(log)} label="Copy the output" />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      <section className="st-log__frame" ref={frame} onScroll={onScroll} tabIndex={0} aria-label={label}>
        {log.lineCount === 0 && <p className="st-log__empty">{isLive ? 'Waiting for output…' : emptyText}</p>}
        {log.droppedCount > 0 && (
          <p className="st-log__empty">
            The first {log.droppedCount.toLocaleString('en')} lines are not shown here; the command line has
            all of them.
          </p>
        )}
        {log.blocks.map((block) => (
          <LogBlockLines key={block.key} block={block} search={search} />
        ))}
      </section>
      {!isFollowing && isLive && (
        <Button
          className="st-log__follow"
          variant="secondary"
          size="sm"
          icon={<ArrowDownIcon />}
          onClick={follow}
        >
          Follow the end
        </Button>
      )}
    </div>
  )
}
