import { posix } from 'node:path'
import { sprigSemver } from '@promptctl/go-template-js'
import { ValueFault } from '../fault.ts'
import { goText } from '../print.ts'
import { type FunctionEntry, type TextFunction, takes } from '../run.ts'
import { adapted } from './adapted.ts'
import { mapOf, newMap, textOf } from './arguments.ts'

const versions = sprigSemver()

// The os forms of sprig follow the machine; ours is always one with slashes.
const base: TextFunction = ([path]) =>
  posix.basename(textOf(path, 'base')) || (textOf(path, 'base') === '' ? '.' : '/')
const dir: TextFunction = ([path]) => posix.dirname(posix.normalize(textOf(path, 'dir')))
const clean: TextFunction = ([path]) => posix.normalize(textOf(path, 'clean')).replace(/(?<=.)\/$/, '')
const isAbs: TextFunction = ([path]) => textOf(path, 'isAbs').startsWith('/')
const ext: TextFunction = ([path]) => {
  const name = textOf(path, 'ext').split('/').at(-1) ?? ''
  return name.includes('.') ? name.slice(name.lastIndexOf('.')) : ''
}

export const nameFunctions: Record<string, FunctionEntry> = {
  semver: takes(1, 1, (args, run) => {
    // With numbers of Go, so that they compare and print like others that a template makes.
    const version = mapOf(semver.call(args, run), 'semver')
    const parts = Object.entries(version)
    return newMap(parts.map(([key, part]) => [key, typeof part === 'number' ? BigInt(part) : part] as const))
  }),
  semverCompare: adapted('semverCompare', versions),
  base: takes(1, 1, base),
  dir: takes(1, 1, dir),
  clean: takes(1, 1, clean),
  ext: takes(1, 1, ext),
  isAbs: takes(1, 1, isAbs),
  osBase: takes(1, 1, base),
  osDir: takes(1, 1, dir),
  osClean: takes(1, 1, clean),
  osExt: takes(1, 1, ext),
  osIsAbs: takes(1, 1, isAbs),
  urlParse: takes(1, 1, ([text]) => parseUrl(textOf(text, 'urlParse'))),
  urlJoin: takes(1, 1, ([parts]) => joinUrl(mapOf(parts, 'urlJoin'))),
}

const semver = adapted('semver', versions)
const urlPattern =
  /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/(?:([^/?#@]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s

function parseUrl(text: string): Record<string, unknown> {
  const found = urlPattern.exec(text)
  if (found === null || /\p{Cc}/u.test(text)) throw new ValueFault('this is not a URL')
  const [, scheme = '', userinfo = '', host = '', path = '', query = '', fragment = ''] = found
  const isOpaque = scheme !== '' && host === '' && !path.startsWith('/')
  return newMap([
    ['scheme', scheme.toLowerCase()],
    ['userinfo', userinfo],
    ['host', host],
    ['hostname', host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')],
    ['path', isOpaque ? '' : unescaped(path)],
    ['query', query],
    ['opaque', isOpaque ? path : ''],
    ['fragment', unescaped(fragment)],
  ])
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ValueFault('this is not a URL: an escape is broken')
  }
}

function joinUrl(parts: Record<string, unknown>): string {
  const part = (name: string) => (Object.hasOwn(parts, name) ? goText(parts[name]) : '')
  const scheme = part('scheme') === '' ? '' : `${part('scheme')}:`
  const user = part('userinfo') === '' ? '' : `${part('userinfo')}@`
  const authority = part('host') === '' ? '' : `//${user}${part('host')}`
  const opaque = part('opaque')
  const path = opaque === '' ? encodeURI(part('path')) : opaque
  const slash = authority !== '' && path !== '' && !path.startsWith('/') ? '/' : ''
  const query = part('query') === '' ? '' : `?${part('query')}`
  const fragment = part('fragment') === '' ? '' : `#${encodeURI(part('fragment'))}`
  return `${scheme}${authority}${slash}${path}${query}${fragment}`
}
