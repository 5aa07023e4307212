import { accessFunctions } from './functions/access.ts'
import { dateFunctions } from './functions/dates.ts'
import { dictFunctions } from './functions/dicts.ts'
import { encodingFunctions } from './functions/encoding.ts'
import { jsonFunctions } from './functions/json.ts'
import { listFunctions } from './functions/lists.ts'
import { logicFunctions } from './functions/logic.ts'
import { nameFunctions } from './functions/names.ts'
import { numberFunctions } from './functions/numbers.ts'
import { patternFunctions } from './functions/patterns.ts'
import { printFunctions } from './functions/printf.ts'
import { textFunctionEntries } from './functions/text.ts'
import type { FunctionEntry } from './run.ts'

/** Every function that templates may call, `and` and `or` excepted; the names are those of schema's textFunctions. */
export const functionRegistry: ReadonlyMap<string, FunctionEntry> = new Map(
  [
    accessFunctions,
    dateFunctions,
    dictFunctions,
    encodingFunctions,
    jsonFunctions,
    listFunctions,
    logicFunctions,
    nameFunctions,
    numberFunctions,
    patternFunctions,
    printFunctions,
    textFunctionEntries,
  ].flatMap((group) => Object.entries(group)),
)
