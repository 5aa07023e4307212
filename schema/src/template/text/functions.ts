/**
 * The functions that handles may call, by topic; api/src/engine/values holds one implementation of each, and a test there
 * proves the two lists equal. Names are those of Go's text/template, of sprig 3 and of µTask.
 */
const functionsByTopic = {
  logic: 'and or not eq ne lt le gt ge default empty coalesce all any ternary fail',
  values:
    'field fieldFrom eval evalCache typed index len slice print println printf html js urlquery toString toStrings toDate mustToDate typeOf typeIs typeIsLike kindOf kindIs deepEqual deepCopy mustDeepCopy hello',
  json: 'fromJson mustFromJson toJson mustToJson toPrettyJson mustToPrettyJson toRawJson mustToRawJson jsonmarshal jsonfield',
  text: 'trim trimAll trimall trimPrefix trimSuffix upper lower title untitle repeat substr trunc nospace initials swapcase snakecase camelcase kebabcase wrap wrapWith contains hasPrefix hasSuffix quote squote cat indent nindent replace plural abbrev abbrevboth split splitList splitn join sortAlpha',
  numbers:
    'atoi int int64 float64 toDecimal seq until untilStep add add1 addf add1f sub subf mul mulf div divf mod max biggest maxf min minf ceil floor round',
  lists:
    'list tuple first mustFirst rest mustRest last mustLast initial mustInitial append mustAppend push mustPush prepend mustPrepend concat reverse mustReverse uniq mustUniq without mustWithout has mustHas mustSlice chunk mustChunk compact mustCompact',
  dicts:
    'dict get set unset hasKey pluck keys values pick omit merge mustMerge mergeOverwrite mustMergeOverwrite dig',
  dates:
    'now date dateInZone date_in_zone dateModify date_modify mustDateModify must_date_modify ago duration durationRound htmlDate htmlDateInZone unixEpoch',
  patterns:
    'regexMatch mustRegexMatch regexFind mustRegexFind regexFindAll mustRegexFindAll regexReplaceAll mustRegexReplaceAll regexReplaceAllLiteral mustRegexReplaceAllLiteral regexSplit mustRegexSplit regexQuoteMeta',
  encoding:
    'b64enc b64dec b64RawEnc b64RawDec b32enc b32dec sha1sum sha256sum sha512sum adler32sum encryptAES decryptAES randBytes uuid uuidv4',
  chance: 'randAlphaNum randAlpha randNumeric randAscii randInt shuffle',
  names: 'semver semverCompare urlParse urlJoin base dir clean ext isAbs osBase osDir osClean osExt osIsAbs',
} as const

export const textFunctions: readonly string[] = Object.values(functionsByTopic).flatMap((names) =>
  names.split(' '),
)

const machine = 'it would show the server that runs the task'
const slow = 'it needs seconds of computing; let an action do it'

/** Functions of sprig that are refused, and why. */
export const refusedFunctions: Readonly<Record<string, string>> = {
  env: machine,
  expandenv: machine,
  getHostByName: machine,
  call: 'values hold no functions',
  bcrypt: slow,
  htpasswd: slow,
  derivePassword: slow,
  genPrivateKey: slow,
  genCA: slow,
  genCAWithKey: slow,
  genSelfSignedCert: slow,
  genSelfSignedCertWithKey: slow,
  genSignedCert: slow,
  genSignedCertWithKey: slow,
  buildCustomCert: slow,
}
