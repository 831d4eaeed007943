import { DescribeDBInstancesCommand } from '@aws-sdk/client-rds'
import { describe, expect, test } from 'vitest'
import type { Aws } from '../../../main/aws/aws.ts'
import { readAll } from '../../../main/aws/pages.ts'
import { type AwsRequest, queryAnswer, queryFault } from '../../support/aws-endpoint.ts'
import { failureOf, place, stage } from './stage.ts'

const page = (names: readonly string[], marker?: string) => {
  const instances = names.map((name) => `<DBInstance><DBInstanceIdentifier>${name}</DBInstanceIdentifier></DBInstance>`).join('')
  const next = marker === undefined ? '' : `<Marker>${marker}</Marker>`
  return queryAnswer('DescribeDBInstances', `${next}<DBInstances>${instances}</DBInstances>`)
}

const listAll = async (aws: Aws) => {
  const found = await readAll('list the instances', async (Marker) => {
    const answer = await aws.rds({ place, what: 'list the instances' }, (client, options) =>
      client.send(new DescribeDBInstancesCommand({ ...(Marker === undefined ? {} : { Marker }) }), options),
    )
    return { items: answer.DBInstances, next: answer.Marker }
  })
  return found.map(({ DBInstanceIdentifier }) => DBInstanceIdentifier)
}

describe('a list is read to its end', () => {
  test('with an empty page in the middle', async () => {
    const { endpoint, aws } = await stage()
    endpoint.answer('rds', 'DescribeDBInstances', page(['a', 'b'], 'two'), page([], 'three'), page(['c']))
    expect(await listAll(aws)).toEqual(['a', 'b', 'c'])
    expect(endpoint.requests.map(({ params }) => params.get('Marker'))).toEqual([null, 'two', 'three'])
  })

  test('a token that comes twice ends it with an error', async () => {
    const { endpoint, aws } = await stage()
    endpoint.answer('rds', 'DescribeDBInstances', page(['a'], 'two'), page(['b'], 'three'), page(['c'], 'two'))
    const failure = await failureOf(listAll(aws))
    expect(failure).toMatchObject({ code: 'NOT_AWS', message: expect.stringContaining('the same next page twice') })
    expect(endpoint.requests.length).toBe(3)
  })

  test('a list without end is given up', async () => {
    let asked = 0
    const endless = readAll('list the instances', async () => {
      asked += 1
      return { items: [asked], next: `page ${asked}` }
    })
    const failure = await failureOf(endless)
    expect(failure).toMatchObject({ code: 'AWS', message: expect.stringContaining('does not end after 200 pages') })
    expect(asked).toBe(200)
  })

  test('a page that fails is no end of the list', async () => {
    const { endpoint, aws } = await stage()
    const expired = queryFault('InvalidParameterValue', 'The marker has expired')
    endpoint.answer('rds', 'DescribeDBInstances', (request: AwsRequest) => (request.params.has('Marker') ? expired : page(['a'], 'two')))
    expect((await failureOf(listAll(aws))).code).toBe('INVALID')
  })
})
