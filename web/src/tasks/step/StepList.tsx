import { SearchInput } from '@patternfly/react-core'
import { Link } from '@tanstack/react-router'
import { type KeyboardEvent, memo, type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { paths } from '../../client/paths.ts'
import { StateBar } from '../../kit/chart/StateBar.tsx'
import { Duration } from '../../kit/Duration.tsx'
import { StatusIcon } from '../../kit/StatusLabel.tsx'
import { endOfStep } from '../../kit/status.ts'
import { groupsOf, loopStatus, overText } from '../loop/items.ts'
import type { LiveTask } from '../words.ts'
import { findSteps, type StepNode, type StepOfList, stepTree } from './steps.ts'

const filterFrom = 8

interface StepListProps {
  readonly task: LiveTask
  readonly steps: readonly StepOfList[]
  readonly current: number | undefined
  readonly onChoose: (no: number) => void
}

/** The steps as a tree, with a filter once there are many; arrows go up and down. */
export function StepList({ task, steps, current, onChoose }: StepListProps) {
  const [text, setText] = useState('')
  const nodes = useMemo(() => stepTree(findSteps(steps, text)), [steps, text])
  const move = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const at = nodes.findIndex((node) => node.step.no === current)
    const next = nodes[Math.min(nodes.length - 1, Math.max(0, at + by))]
    if (!next) return
    onChoose(next.step.no)
    document.getElementById(`step-${next.step.no}`)?.focus()
  }
  const rows = useRef<HTMLOListElement>(null)
  useCurrentInSight(rows, current)
  return (
    <div className="st-step-list">
      {steps.length >= filterFrom && (
        <SearchInput
          aria-label="Find a step"
          placeholder="Find by name, action or state"
          value={text}
          onChange={(_event, value) => setText(value)}
          onClear={() => setText('')}
        />
      )}
      <ol ref={rows} aria-label="Steps" className="st-step-list__rows" onKeyDown={move}>
        {nodes.map((node) => (
          <StepItem key={node.step.no} uuid={task.uuid} node={node} isCurrent={node.step.no === current} />
        ))}
      </ol>
      {nodes.length === 0 && <p className="st-quiet">No step matches.</p>}
    </div>
  )
}

// Scrolls the list alone: the page must stay where the reader left it.
function useCurrentInSight(rows: RefObject<HTMLOListElement | null>, current: number | undefined) {
  useEffect(() => {
    const list = rows.current
    const item = list?.querySelector(`#step-${current}`)
    if (!list || !item) return
    const frame = list.getBoundingClientRect()
    const place = item.getBoundingClientRect()
    if (place.top < frame.top || place.bottom > frame.bottom) {
      list.scrollTop += place.top - frame.top - frame.height / 2
    }
  }, [rows, current])
}

interface StepItemProps {
  readonly uuid: string
  readonly node: StepNode
  readonly isCurrent: boolean
}

const sameItem = (before: StepItemProps, after: StepItemProps) =>
  before.node.step === after.node.step &&
  before.node.depth === after.node.depth &&
  before.isCurrent === after.isCurrent &&
  before.uuid === after.uuid

const StepItem = memo(function StepItem({ uuid, node: { step, depth }, isCurrent }: StepItemProps) {
  const status = loopStatus(step)
  const isLoop = step.itemStates.length > 0
  return (
    <li className="st-step" style={depth > 0 ? { marginInlineStart: `${depth * 1.25}rem` } : undefined}>
      <Link
        {...paths.task(uuid, { tab: 'steps', step: step.no })}
        replace
        id={`step-${step.no}`}
        className="st-step__link"
        aria-current={isCurrent ? 'true' : undefined}
        resetScroll={false}
      >
        <StatusIcon status={status} isMoving />
        <span className="st-step__name st-ellipsis" title={step.name}>
          {step.name}
        </span>
        <span className="st-step__facts">
          {step.tryCount > 1 && <span title={`${step.tryCount} tries`}>×{step.tryCount}</span>}
          {isLoop && <span className="st-number">{overText(step.itemStates)}</span>}
          {step.startedAt && <Duration from={step.startedAt} to={endOfStep(step)} />}
        </span>
        {isLoop && (
          <span className="st-step__loop">
            <StateBar parts={groupsOf(step.itemStates)} label={`Items of ${step.name}`} />
          </span>
        )}
      </Link>
    </li>
  )
}, sameItem)
