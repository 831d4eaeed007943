/** What the services of the practice cloud share. */

/** The cloud's time: real time for timestamps, AWS' durations divided by the speed. */
export interface Clock {
  now(): Date
  /** How many times faster than at AWS things go. */
  speed(): number
  /** Calls back after so many milliseconds as they would pass at AWS; ends with the cloud. Gives back what takes it off. */
  after(milliseconds: number, work: () => void): () => void
}

/** The clock as the practice panel sees it. The speed is kept over restarts. */
export interface SettableClock extends Clock {
  setSpeed(speed: number): Promise<void>
}

/** The state of one service as a JSON file that survives a restart. */
export interface Store<T> {
  readonly value: T
  /** Changes it, and has it on disk when it returns. */
  update(change: (value: T) => T): Promise<void>
  /** Calls back after each change; gives back what ends it. */
  onChange(listener: () => void): () => void
}

/** Who calls, as AWS would see it. */
export interface Visitor {
  /** The simulated public address of this machine. */
  address(): string
  /** Calls back after each move to another network; gives back what ends it. */
  onMove(listener: () => void): () => void
}

/** What the gate before an instance asks of EC2. */
export interface Firewall {
  /** Whether a rule of these groups lets the address to the port now. */
  lets(region: string, groups: readonly string[], address: string, port: number): boolean
  /** The default group of the region, made where it is missing. */
  defaultGroup(region: string): Promise<string>
  /** The names of AWS for a group that is not there fail with InvalidParameterValue. */
  requireGroups(region: string, groups: readonly string[]): void
}

/** What CloudWatch asks of RDS. */
export interface Fleet {
  /** Calls back after each change of an instance; gives back what ends it. */
  onChange(listener: () => void): () => void
  /** Every instance that there is; its storage is in GiB. */
  instances(): readonly {
    readonly region: string
    readonly identifier: string
    readonly status: string
    readonly allocatedStorage: number
  }[]
  /** Null where there is no such instance. `connections` are those that go through its gate now. */
  measure(
    region: string,
    identifier: string,
  ): Promise<{ readonly status: string; readonly connections: number; readonly createdAt: Date } | null>
  /** Starts a stopped instance as AWS does after seven days; fails with `AwsFault` where it is not there or not stopped. */
  forceStart(identifier: string): Promise<void>
}

export const account = '123456789012'

/** Where the functions of the cloud write their lines, as Lambda's own agent does. */
export interface LogWriter {
  /** Makes the group and the stream where they are missing. `lateMs` is how long after `at` CloudWatch takes the line in, and shows it. */
  write(
    region: string,
    group: string,
    stream: string,
    lines: readonly { readonly at: number; readonly message: string; readonly lateMs: number }[],
  ): void
}
