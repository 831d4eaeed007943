import { readFile } from 'node:fs/promises'
import { findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser'
import type * as z from 'zod'
import { writeDurably } from './durable-file.ts'
import { codeOf, fileFailure } from './file-failure.ts'

/** What a JSON file holds. Places count from 1, and are null where there is none to name. */
export type JsonFile<T> =
  | { readonly state: 'ok'; readonly value: T }
  | { readonly state: 'missing' }
  | { readonly state: 'invalid'; readonly line: number | null; readonly column: number | null; readonly message: string }

/** Reads a JSON file that should hold what the schema says. Fails with FILE only where the system refuses to read it. */
export async function readJson<Schema extends z.ZodType>(path: string, schema: Schema): Promise<JsonFile<z.infer<Schema>>> {
  let bytes: Buffer
  try {
    bytes = await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { state: 'missing' }
    throw fileFailure(error, path, 'read')
  }
  return parseJson(bytes, schema)
}

/** Writes a value as JSON, whole or not at all, and on disk when it returns. Fails with FILE. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeDurably(path, `${JSON.stringify(value, null, 2)}\n`)
}

function parseJson<Schema extends z.ZodType>(bytes: Buffer, schema: Schema): JsonFile<z.infer<Schema>> {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { state: 'invalid', line: null, column: null, message: 'the file is not UTF-8 text' }
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    return { state: 'invalid', ...placeOf(text, syntaxErrorAt(text)), message: syntaxMessage(text, error) }
  }
  const checked = schema.safeParse(parsed)
  if (checked.success) return { state: 'ok', value: checked.data }
  const issue = checked.error.issues[0]
  const path = issue?.path ?? []
  const message = issue?.message ?? 'it does not hold what it should'
  return { state: 'invalid', ...placeOf(text, nodeAt(text, path)), message: path.length === 0 ? message : `${path.join('.')}: ${message}` }
}

/** V8 names the place of some errors only, so another parser is asked for it. */
function syntaxErrorAt(text: string): number | null {
  const errors: ParseError[] = []
  parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
  return errors[0]?.offset ?? null
}

function syntaxMessage(text: string, error: unknown): string {
  if (text.trim() === '') return 'the file is empty'
  const message = error instanceof Error ? error.message : String(error)
  // V8 quotes the text around the place, which is not to be repeated: it may hold anything.
  if (message.startsWith('Unexpected token')) return 'a character or a word that JSON does not have there'
  return message.replace(/( in JSON)? at position.*$/s, '')
}

/** Where the value at this path begins; where it is missing, what should hold it. */
function nodeAt(text: string, path: readonly PropertyKey[]): number | null {
  const root: Node | undefined = parseTree(text)
  if (root === undefined) return null
  for (let length = path.length; length > 0; length -= 1) {
    const found = findNodeAtLocation(
      root,
      path.slice(0, length).map((part) => (typeof part === 'number' ? part : String(part))),
    )
    if (found !== undefined) return found.offset
  }
  return root.offset
}

function placeOf(text: string, offset: number | null): { line: number | null; column: number | null } {
  if (offset === null) return { line: null, column: null }
  const before = text.slice(0, offset).split(/\r\n|\r|\n/)
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}
