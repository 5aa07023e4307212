/** Bounds that more than one side of the product keeps; the unit is in the name. */
export const limits = {
  pageSizeDefault: 25,
  pageSizeMax: 100,
  nameLengthMax: 1000,
  nameLengthMin: 3,
  passwordLengthMin: 8,
  passwordLengthMax: 200,
  userNameLengthMax: 100,
  textLengthMax: 100_000,
  titleLengthMax: 1000,
  errorSummaryBytesMax: 1000,
  /** Twice a template: as a JSON string its line ends and quotes grow. */
  requestBodyBytesMax: 2_097_152,
  templateBytesMax: 1_048_576,
  templateStepsMax: 1000,
  stepOutputBytesMax: 16_777_216,
  loopItemsMax: 100_000,
  /** Of the results of one loop, when a template reads its `children`. */
  loopResultsBytesMax: 16_777_216,
  outputChunkBytesMax: 65_536,
  taskDepthMax: 32,
  cacheValueBytesMax: 1_048_576,
  callbackBodyBytesMax: 1_048_576,
  syncWaitSecondsMax: 60,
} as const
