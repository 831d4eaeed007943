import '../../main/postgres/worker.ts'

// A worker that falls as pg makes it fall: by an exception that nobody can catch.
new BroadcastChannel('basepair-test-fall').addEventListener('message', () => {
  setTimeout(() => {
    throw new RangeError('Cannot create a string longer than 0x1fffffe8 characters')
  }, 0)
})
