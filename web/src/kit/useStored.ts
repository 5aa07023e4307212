import { useCallback, useState } from 'react'

function read<Value>(key: string, fallback: Value): Value {
  try {
    const text = localStorage.getItem(key)
    return text === null ? fallback : (JSON.parse(text) as Value)
  } catch {
    return fallback
  }
}

/** A small choice that this browser remembers. */
export function useStored<Value>(key: string, fallback: Value): [Value, (value: Value) => void] {
  const [value, setValue] = useState(() => read(key, fallback))
  const store = useCallback(
    (next: Value) => {
      setValue(next)
      try {
        localStorage.setItem(key, JSON.stringify(next))
      } catch {
        // Remembered until the page is left.
      }
    },
    [key],
  )
  return [value, store]
}
