import { expect, test } from 'vitest'
import { ownHosts } from '../../../main/http/admission.ts'

test('a browser leaves out the port that is usual for http, and no other', () => {
  expect([...ownHosts(80)].toSorted()).toEqual(['127.0.0.1', '127.0.0.1:80', 'localhost', 'localhost:80'])
  expect([...ownHosts(8080)].toSorted()).toEqual(['127.0.0.1:8080', 'localhost:8080'])
})
