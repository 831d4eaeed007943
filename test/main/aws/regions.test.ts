import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { awsRegions } from '../../../main/aws/regions.ts'
import { region } from '../../../preload/contract/environments.ts'

const partitions = join(
  import.meta.dirname,
  '../../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js',
)

test('the regions are those of the SDK, but for sealed partitions', () => {
  const named = [...readFileSync(partitions, 'utf8').matchAll(/^\s*"([a-z]+(?:-[a-z]+)+-\d+)": \{/gm)].map(([, name = '']) => name)
  const open = named.filter((name) => !name.includes('-iso'))
  expect(open.length).toBeGreaterThan(30)
  expect([...awsRegions]).toEqual(open.toSorted())
  for (const name of awsRegions) expect(region.safeParse(name).success).toBe(true)
})
