import { expect, test } from 'vitest'
import { awsEndpoint } from '../../main/aws-endpoint.ts'

test('the flag wins over the variable, and neither means Amazon', () => {
  const variables = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }
  expect(awsEndpoint('http://127.0.0.1:2', variables)).toBe('http://127.0.0.1:2/')
  expect(awsEndpoint(undefined, variables)).toBe('http://127.0.0.1:1/')
  expect(awsEndpoint(undefined, {})).toBeNull()
  expect(awsEndpoint(undefined, { AWS_ENDPOINT_URL: '' })).toBeNull()
})

test.each(['127.0.0.1:4566', 'ftp://127.0.0.1', 'localhost', 'http://'])('%s stops the start instead of reaching Amazon', (text) => {
  expect(() => awsEndpoint(text, {})).toThrow('--aws-endpoint is not an address')
  expect(() => awsEndpoint(undefined, { AWS_ENDPOINT_URL: text })).toThrow('AWS_ENDPOINT_URL is not an address')
})
