import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { contract } from '../../preload/contract/index.ts'

interface Operation {
  readonly name: string
  readonly feature: string
  readonly input: z.ZodType | undefined
  readonly output: z.ZodType | undefined
}

const operations: Operation[] = Object.entries(contract).flatMap(([feature, of]) =>
  Object.entries(of).map(([name, operation]) => {
    // The library's own name for what an operation was made of; it types the schemas as those of any validator.
    const { inputSchema, outputSchema } = operation['~orpc'] as { readonly inputSchema?: z.ZodType; readonly outputSchema?: z.ZodType }
    return { name, feature, input: inputSchema, output: outputSchema }
  }),
)

/** The part of JSON Schema that our inputs become. */
interface Shape {
  readonly type?: string
  readonly pattern?: string
  readonly maxLength?: number
  readonly maxItems?: number
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: Shape | false
  readonly propertyNames?: Shape
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
}

/** Where an input takes a text or a list of any length. */
function unbounded(shape: Shape, at: string): string[] {
  const endless =
    (shape.type === 'string' &&
      shape.maxLength === undefined &&
      shape.pattern === undefined &&
      shape.enum === undefined &&
      shape.const === undefined) ||
    (shape.type === 'array' && shape.maxItems === undefined)
  const parts: [string, Shape][] = [
    ...Object.entries(shape.properties ?? {}),
    ...(shape.additionalProperties ? [['*', shape.additionalProperties] as [string, Shape]] : []),
    ...(shape.propertyNames ? [['names', shape.propertyNames] as [string, Shape]] : []),
    ...(shape.items ? [['[]', shape.items] as [string, Shape]] : []),
    ...[...(shape.anyOf ?? []), ...(shape.oneOf ?? [])].map((one): [string, Shape] => ['|', one]),
  ]
  return [...(endless ? [at] : []), ...parts.flatMap(([name, part]) => unbounded(part, `${at}.${name}`))]
}

describe('every operation', () => {
  test('has an output that is checked', () => {
    expect(operations.filter(({ output }) => output === undefined).map(({ feature, name }) => `${feature}.${name}`)).toEqual([])
  })

  test('takes texts and lists up to a length only', () => {
    const endless = operations.flatMap(({ feature, name, input }) =>
      input === undefined ? [] : unbounded(z.toJSONSchema(input, { io: 'input' }) as Shape, `${feature}.${name}`),
    )
    expect(endless).toEqual([])
  })

  test('has a line that says what it does', () => {
    const bare = operations.filter(({ feature, name }) => {
      const lines = readFileSync(join(import.meta.dirname, '..', '..', 'preload', 'contract', `${feature}.ts`), 'utf8').split('\n')
      const at = lines.findIndex((line) => line.startsWith(`  ${name}: operation`))
      return !lines[at - 1]?.trimEnd().endsWith('*/')
    })
    expect(bare.map(({ feature, name }) => `${feature}.${name}`)).toEqual([])
  })
})
