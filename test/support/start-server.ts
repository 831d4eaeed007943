import { startEmbeddedServer } from '../../main/embedded/server.ts'

/** A console reduced to one server: starts it in the folder given, says so on a line, and stays until it is killed. */
const [folder = '', settings = '{}'] = process.argv.slice(2)
const server = await startEmbeddedServer({ folder, name: 'test', superuser: 'postgres', settings: JSON.parse(settings) })
process.stdout.write(`${JSON.stringify({ pid: server.pid, port: server.port, adopted: server.adopted })}\n`)
setInterval(() => {}, 1_000)
