import type { OutputStream } from '@stint/schema/words'
import type { AnySql } from '../../postgres/connect.ts'
import type { OutputRow } from '../change.ts'
import { bytes, instants, plain, texts } from './arrays.ts'

export interface StoredOutput {
  readonly taskId: string
  readonly stepNo: number
  readonly attemptNo: number
  readonly seq: number
  readonly stream: OutputStream
  readonly at: Date
  readonly data: Buffer
}

export function insertOutput(sql: AnySql, rows: readonly { taskId: string; output: OutputRow }[]) {
  return sql`
    -- insertOutput
    insert into output (task_id, step_no, attempt_no, seq, stream, at, data)
    select task_id, step_no, attempt_no, seq, stream, to_timestamp(at / 1000), data
    from unnest(
      ${plain(rows.map((r) => r.taskId))}::uuid[], ${plain(rows.map((r) => r.output.stepNo))}::int[],
      ${plain(rows.map((r) => r.output.attemptNo))}::int[], ${plain(rows.map((r) => r.output.seq))}::int[],
      ${texts(rows.map((r) => r.output.stream))}::text[], ${instants(rows.map((r) => r.output.at))}::float8[],
      ${bytes(rows.map((r) => r.output.data))}::bytea[]
    ) as u (task_id, step_no, attempt_no, seq, stream, at, data)`
}

/** Chunks of one attempt after a sequence number, in order. */
export function findOutput(
  sql: AnySql,
  key: { taskId: string; stepNo: number; attemptNo: number },
  after: number,
  limit: number,
) {
  return sql<StoredOutput[]>`
    -- findOutput
    select task_id, step_no, attempt_no, seq, stream, at, data
    from output
    where task_id = ${key.taskId} and step_no = ${key.stepNo} and attempt_no = ${key.attemptNo} and seq > ${after}
    order by seq
    limit ${limit}`
}
